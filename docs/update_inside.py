"""Writes inside.md from what docs/make_inside.sh has measured; ``--check`` only compares."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from string import Template

from kept_page import keep

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.run_results import row_results
from rnnbench.analysis.streaming import stream_results
from rnnbench.introspection import flow
from rnnbench.introspection.explanation import Explanation, explain, row_of
from rnnbench.introspection.flow import Flow, GradientFlow
from rnnbench.plugins.registry import Registry
from rnnbench.report import run_origin
from rnnbench.report.formats.markdown import escaped, render_table
from rnnbench.report.lists import explain as explained_report
from rnnbench.report.lists.gradient_flow import in_words, power, setting_in_words
from rnnbench.report.numbers import quantity
from rnnbench.report.one_run import streaming
from rnnbench.report.tables import Column, Quantity, Table
from rnnbench.results import reader

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "inside.md"
MEASURED = ROOT / "results" / "published" / "inside"
SCRIPT = ROOT / "docs" / "make_inside.sh"

#: Cells of the tables of the page.
CELLS = ("lstm", "gru", "elman")
#: Distances that stand in the tables.
DISTANCES = (1, 5, 10, 20, 50, 100)

GRADIENTS = Template("""\
# Inside a net

What textbooks say of recurrent nets in adjectives, measured. Written by `docs/update_inside.py`
from [committed results](../results/published/inside), and by nobody's hand; the commands that made
them stand [at the end](#how-it-was-made).

## What vanishing and exploding gradients are

A recurrent net reads a sequence step by step and remembers what it has read in its state. To learn
that the answer at the end depends on something $length steps before, training has to know how much
the loss would change if the state back there were a little different: the gradient of the loss by
that state. It is computed backwards, and each step that it passes multiplies it by the same kind of
matrix. What is multiplied again and again dies out or grows beyond all bounds: 0.9 taken $length
times is $power_below, and 1.1 is $power_above. There is hardly anything between.

How much a step multiplies is up to the recurrent matrix W of the net: to its *spectral radius* ρ,
the size of its largest eigenvalue. So that is what is varied here. The norm of the gradient is
measured at each distance from the end, where it begins with 1.

**Vanishing.** A simple net (`elman`, h' = tanh(x W_x + h W)) with ρ = $small_radius multiplies the
gradient by $small_rate per step, which halves it every $small_half steps. $length steps before the
end $small_left is left: nothing, beside the gradient of the last few steps. Such a net trains, its
loss falls, and it does not learn what lies further back.

**Exploding.** With ρ = $large_radius the gradient doubles every $large_double steps, and $length
steps before the end it is $large_left. An update with it throws the weights anywhere.

**What theory says.** No step multiplies by more than ‖W‖ max |tanh'|, which is ρ here, where W is
orthogonal but for its scale. Below ρ = 1 a gradient must vanish, then; above it may explode. It
explodes by $large_rate per step and not by $large_radius, since units that are driven far from 0
are in the flat part of tanh: such a net is saved from exploding by being deaf.

**What clipping changes.** With ρ = $large_radius the gradient by all weights has the norm
$large_norm. Clipped to 1 it is multiplied by $large_clip, and the update is bounded. The whole of
it is multiplied: what comes from far away stays as large or small beside the rest as it was. So
clipping answers explosion, and does nothing against vanishing.

**What an LSTM changes.** What it remembers is not multiplied by a matrix but by its forget gate,
c' = f ⊙ c + i ⊙ g. While nothing else moves the gates, the rate is σ(b) with b the bias of that
gate, and up to a quarter of ρ by way of h. With ρ = $bias_radius:

$biases
So a bias of 1 or 2 is what an LSTM should begin with (Jozefowicz et al. 2015 recommend 1). With
b = $least_bias its gradient is halved every $least_half steps, as if there were no memory cell;
with b = $most_bias it doubles every $most_double.

**What a GRU changes.** It mixes old and new by a gate z, h' = (1 - z) ⊙ n + z ⊙ h. Its gates begin
half open, so that a half and a quarter of ρ is handed on: with ρ = 1 the expected rate is
$gru_expected and the measured one $gru_rate, which halves a gradient every $gru_half steps. A GRU
has to learn to remember, by opening z. It does not explode as easily: with ρ = $large_radius its
gradient still halves every $gru_large_half steps.

**What exponential gates change.** The forget gate of `slstm` is an exponential, which begins at 1,
and a normalizer keeps its output bounded. With ρ = 1 its gradient falls to $slstm_first at the
first step, where it passes the normalizer, and $slstm_verdict from there on: $slstm_left is left
$length steps before.

All this is of nets that have not been trained: it is what training begins with. Training moves the
gates, and the rates with them.
""")

FLOW = """\
## How gradients flow, by distance and radius

The norm of the gradient of a loss at the last step, by the state so many steps before. *rate* is
the factor per step with its interval over the seeds; *expected* is that of theory: of `elman` the
bound, of other cells the spectral radius of the Jacobian in their first state, where `slstm` does
not stay. `rnnbench plot results/published/inside/gradient-flow.json --kind gradient-flow` draws
them as heat maps.
"""

EXPLAINED = """\
## Three cells side by side
"""

SCORED = """\
## Trained in one framework, scored in the others

The weights of one training are a [file](../results/published/inside/net.safetensors) that every
backend reads. The same held-out text, one net, a score from each framework, in float32:
"""

WRITTEN = Template("""\
## A text from one net in four frameworks

The same net goes on with a prompt, each symbol drawn from its softmax at a temperature of 0.7, with
the same seed: $same. The seed is one of five that were tried; two of them
ended in blanks.
""")

STREAMED = """\
## Latency of a step

One step at a time, one example, the state carried from step to step: what voice and sensors need. A
latency is from the input in NumPy to the output there.
"""

MADE = Template("""\
## How it was made

By [make_inside.sh](make_inside.sh). Gradients are computed in float64 and come out the same on
every machine, but for rounding; times are those of the machine above.

```sh
$script```
""")


def page() -> str:
    """Return the whole page."""
    flows = flow.read(MEASURED / "gradient-flow.json")
    script = SCRIPT.read_text(encoding="utf-8")
    return "\n".join(
        [
            tutorial(flows),
            FLOW,
            *map(render_table, flow_tables(flows)),
            *explained(),
            *scored(),
            *written_text(),
            *streamed(),
            MADE.substitute(script=script),
        ]
    )


def one(flows: GradientFlow, cell: str, radius: float, verdict: str | None = None) -> Flow:
    """Return the flow of a cell at a radius; what is said of it must be what was measured."""
    (found,) = (f for f in flows.flows if (f.cell, f.radius) == (cell, radius))
    if verdict is not None and found.verdict != verdict:
        raise ValueError(f"{cell} at {radius} is said to be {verdict}; it {found.verdict}")
    return found


def tutorial(flows: GradientFlow) -> str:
    """Return what gradients do, in words and in the figures that were measured."""
    small, large = one(flows, "elman", 0.9, "vanishes"), one(flows, "elman", 1.4, "explodes")
    gru, steep = one(flows, "gru", 1.0, "vanishes"), one(flows, "gru", 1.4, "vanishes")
    biases = [flow.read(path) for path in sorted(MEASURED.glob("forget-bias-*.json"))]
    least, most = biases[0].flows[0], biases[-1].flows[0]
    slstm = one(flows, "slstm", 1.0, "stays")
    return GRADIENTS.substitute(
        length=flows.setting.length,
        power_below=power(0.9**flows.setting.length),
        power_above=f"{1.1**flows.setting.length:,.0f}",
        small_radius=small.radius,
        small_rate=figure(small),
        small_half=f"{small.half_distance:.2g}",
        small_left=power(small.norm[-1]),
        large_radius=large.radius,
        large_rate=figure(large),
        large_double=f"{large.doubling_distance:.2g}",
        large_left=power(large.norm[-1]),
        large_norm=power(large.gradient.value if large.gradient else None),
        large_clip=power(large.clipped_by),
        bias_radius=least.radius,
        biases=render_table(bias_table(biases)),
        least_bias=f"{least.options['forget_bias']:g}",
        least_half=f"{least.half_distance:.2g}",
        most_bias=f"{most.options['forget_bias']:g}",
        most_double=f"{most.doubling_distance:.2g}",
        gru_expected=f"{gru.at_rest:.3g}",
        gru_rate=figure(gru),
        gru_half=f"{gru.half_distance:.2g}",
        gru_large_half=f"{steep.half_distance:.2g}",
        slstm_first=power(slstm.norm[1]),
        slstm_verdict=slstm.verdict,
        slstm_left=power(slstm.norm[-1]),
    )


def figure(found: Flow) -> str:
    """Return a rate in three digits."""
    return f"{found.rate.value:.3g}" if found.rate else "–"


def bias_table(files: Sequence[GradientFlow]) -> Table:
    """Return the rates of LSTMs that begin with different forget biases."""
    columns = [
        Column("forget_bias", "b"),
        Column("expected", "expected rate", kind="figure"),
        Column("rate", "measured rate", kind="estimate"),
        Column("left", f"left after {files[0].setting.length} steps"),
        Column("verdict", "what becomes of the gradient"),
    ]
    lines = [
        [
            f"{found.options['forget_bias']:g}",
            Quantity(found.at_rest, digits=3),
            quantity(found.rate, "symmetric"),
            power(found.norm[-1]),
            in_words(found),
        ]
        for file in files
        for found in file.flows
    ]
    return Table("LSTM by forget bias", setting_in_words(files[0].setting), columns, lines)


def flow_tables(flows: GradientFlow) -> Iterator[Table]:
    """Yield a table for each cell: a line per radius, a column per distance."""
    distances = [distance for distance in DISTANCES if distance <= flows.setting.length]
    columns = [
        Column("radius", "ρ", kind="figure"),
        *(Column(f"norm_{distance}", f"{distance} back") for distance in distances),
        Column("expected", "expected", kind="figure"),
        Column("rate", "rate", kind="estimate"),
        Column("verdict", "what becomes of it"),
    ]
    for cell, own in groupby(flows.flows, key=lambda found: found.cell):
        lines = [
            [
                Quantity(found.radius, digits=2),
                *(power(found.norm[distance]) for distance in distances),
                Quantity(found.at_rest if found.bound is None else found.bound, digits=3),
                quantity(found.rate, "symmetric"),
                in_words(found),
            ]
            for found in own
        ]
        yield Table(cell, setting_in_words(flows.setting), columns, lines)


def explained() -> Iterator[str]:
    """Yield the equations and the table of cells."""
    records = reader.read(MEASURED / "explained" / "results.jsonl")
    row = row_of(records, None)
    found: Explanation = explain(
        CELLS, records, row_results(records), row, None, "explained", Registry.of()
    )
    yield EXPLAINED
    for text in explained_report.equations(found.cells):
        cell, _, told = text.partition("\n\n")
        yield f"**{cell}**\n\n```text\n{told.strip()}\n```\n"
    yield f"{escaped(run_origin.heading(records))}\n"
    yield render_table(explained_report.table(found))


def results(run: str) -> list[RowResult]:
    """Return the rows of a run that were trained or scored, of its first comparison."""
    found = row_results(reader.read(MEASURED / run / "results.jsonl"))
    return [row for row in found if row.comparison == found[0].comparison]


def scored() -> Iterator[str]:
    """Yield what one net scores in each framework."""
    (trained,) = results("trained")
    columns = [
        Column("row", "scored in"),
        Column("kernel", "kernel"),
        Column("score", trained.score_name, naive=Quantity(trained.naive_score, digits=3)),
        Column("difference", "less the score where it was trained"),
    ]
    first = trained.score.value if trained.score else math.nan
    lines = [
        [
            str(row.row),
            row.kernel,
            None if row.score is None else f"{row.score.value:.7f}",
            None if row.score is None else f"{row.score.value - first:.1e}",
        ]
        for row in results("scored")
    ]
    title = f"{trained.cell} of {trained.task}, trained in {trained.row}"
    yield SCORED
    yield render_table(Table(title, trained.sizes, columns, lines))


def written_text() -> Iterator[str]:
    """Yield what one net writes in each framework."""
    files = [json.loads(path.read_bytes()) for path in sorted(MEASURED.glob("text-*.json"))]
    texts = {found["text"] for found in files}
    same = "they write the same" if len(texts) == 1 else f"they write {len(texts)} texts"
    columns = [Column("row", "written by"), Column("kernel", "kernel"), Column("text", "text")]
    lines = [
        [found["row"], found["kernel"], repr(found["prompt"] + found["text"])] for found in files
    ]
    yield WRITTEN.substitute(same=same)
    yield render_table(Table(files[0]["net"], "in float64", columns, lines))


def streamed() -> Iterator[str]:
    """Yield the latencies of each framework."""
    records = reader.read(MEASURED / "streamed" / "results.jsonl")
    yield STREAMED
    yield f"{escaped(run_origin.heading(records))}\n"
    yield render_table(streaming.table(stream_results(records)))


if __name__ == "__main__":
    keep(PAGE, page())
