"""Writes systems.md from the committed runs of the suite ``systems``; ``--check`` only compares.

The laws stand in a file beside the run, which ``tests/benchmarks/laws.py`` has written.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from kept_page import keep

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.run_results import row_results
from rnnbench.report import run_origin
from rnnbench.report.formats.markdown import escaped, render_table
from rnnbench.report.numbers import quantity, where, written
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.results import reader
from rnnbench.schema.comparison import NETWORK
from rnnbench.text import many

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "systems.md"
FOLDER = ROOT / "results" / "published" / "systems"
#: The runs, by what they are headed with.
RUNS = {"Default and portable variants": FOLDER, "Further variants": FOLDER / "further"}

OPENING = """\
# Systems

Every cell and every network in every framework: whether it computes the same function, what a
training step takes, and what it has learnt in the few steps of the suite
[`systems`](../tasks/rnnbench_tasks/suites/systems.toml). Written by `docs/update_systems.py` from
committed runs and from how far the laws of the kits hold, and by nobody's hand.

- *parity* is the largest difference from the float64 oracle in outputs, gradients, trained
  parameters and audited blocks ([how it works](how-it-works.md#proof)); at float32 a few 1e-6 are
  roundings, and up to 1e-4 what training has made of them in an audited block.
- *score* is that of held-out data after training, *naive* that of a predictor that has learnt
  nothing.
- Where a variant can't run a system it says why.
- A time is held against those of its own run alone: another run was another day or another machine.
"""

LAWS = """\
## Laws

What holds whatever a system computes, and by how much it fails to in float64: the largest deviation
that `tests/benchmarks/laws.py` found while the tests of the core ran. Gradients are compared with
central differences, which are no more exact than that. A law without a figure is not for that
system: one that reads both ways has no output that later inputs leave alone.
"""


def page() -> str:
    """Return the whole page."""
    laws = json.loads((FOLDER / "laws.json").read_text(encoding="utf-8"))
    runs = [part for heading, folder in RUNS.items() for part in run_parts(heading, folder)]
    return "\n".join(
        [
            OPENING,
            *runs,
            LAWS,
            *(render_table(law_table(kind, **told)) for kind, told in laws.items()),
        ]
    )


def run_parts(heading: str, folder: Path) -> Iterator[str]:
    """Yield how a run was made, and the tables of each of its tasks."""
    records = reader.read(folder / "results.jsonl")
    run = run_origin.made(records)
    yield f"## {heading}\n\n{escaped(run.heading)}  \nrepeat it with: `{run.again}`\n"
    results = sorted(row_results(records), key=attrgetter("task"))
    for task, rows in groupby(results, key=attrgetter("task")):
        yield f"### {escaped(task)}\n"
        yield from map(render_table, tables(task, list(rows)))


def tables(task: str, rows: Sequence[RowResult]) -> Iterator[Table]:
    """Yield the systems with their fastest rows, and all rows."""
    first = rows[0]
    length = usual(one.length for one in rows if one.length)
    setting = (
        f"T {length}, batch {first.batch}, {usual(one.hidden for one in rows)} units and "
        f"{many(usual(one.layers for one in rows), 'layer')} unless it says otherwise · "
        f"{where(first.device, first.threads, first.dtype)}"
    )
    score = Column("score", first.score_name, naive=Quantity(first.naive_score, digits=3))
    yield overview(task, setting, score, rows)
    yield Table(
        f"{task}, every row",
        setting,
        [
            Column("system", "system"),
            Column("row", "row"),
            Column("kernel", "kernel"),
            Column("step", "train step", "ms"),
            Column("parity", "parity"),
            score,
        ],
        [
            [system(one), str(one.row), one.kernel, step(one), parity([one]), scores([one])]
            for one in rows
        ],
    )


def overview(task: str, setting: str, score: Column, rows: Sequence[RowResult]) -> Table:
    """Return one line per system: its fastest row in each backend."""
    backends = list(dict.fromkeys(one.row.backend for one in rows))
    columns = [
        Column("system", "system"),
        Column("params", "parameters"),
        *(Column(name, name, "ms") for name in backends),
        Column("parity", "parity"),
        score,
    ]
    lines: list[list[Cell]] = []
    for _, found in groupby(rows, key=attrgetter("comparison")):
        own = list(found)
        times = [fastest([one for one in own if one.row.backend == name]) for name in backends]
        counts = {one.params for one in own if one.params is not None}
        size = f"{max(counts):,}" if counts else None
        lines.append([system(own[0]), size, *times, parity(own), scores(own)])
    return Table(f"{task}, a training step of the fastest variant", setting, columns, lines)


def system(one: RowResult) -> str:
    """Return a system in words: its network where that is no plain stack, its cell, its sizes."""
    name = one.model if one.cell or one.network != NETWORK else one.network
    options = one.sizes.partition("→")[2].partition(", ")[2]
    layers = many(one.layers, "layer") if one.cell and one.layers > 1 else ""
    said = ", ".join(filter(None, (layers, options)))
    return f"{name} ({said})" if said else name


def usual(sizes: Iterable[int]) -> int:
    """Return the size that most have."""
    return Counter(sizes).most_common(1)[0][0]


def fastest(rows: Sequence[RowResult]) -> str:
    """Return the time of the fastest row of a backend and its variant, or why there is none."""
    timed = [one for one in rows if one.train_step_ms is not None]
    if timed:
        best = min(timed, key=lambda one: one.train_step_ms.value)  # type: ignore[union-attr]
        return f"{step(best)} {best.row.variant}"
    left = [one for one in rows if one.status != "unsupported"] or rows
    return ", ".join(dict.fromkeys(one.status if one.reason else "disturbed" for one in left))


def step(one: RowResult) -> str:
    """Return the time of a training step, or why there is none."""
    if one.train_step_ms is not None:
        return written(quantity(one.train_step_ms))
    return f"{one.status}: {one.reason}" if one.reason else "disturbed"


def parity(rows: Iterable[RowResult]) -> str | None:
    """Return the largest parity error of some rows."""
    errors = [one.parity_error for one in rows if one.parity_error is not None]
    return f"{max(errors):.0e}" if errors else None


def scores(rows: Iterable[RowResult]) -> str | None:
    """Return the score of some rows, or from the least to the most."""
    found = [one.score.value for one in rows if one.score is not None]
    ends = dict.fromkeys(written(Quantity(end, digits=3)) for end in sorted(found))
    return "–".join([*ends][:: max(1, len(ends) - 1)]) if ends else None


def law_table(kind: str, laws: dict[str, str], deviations: dict[str, Any]) -> Table:
    """Return the laws of networks or cells, with the largest deviation of each system."""
    columns = [Column("system", kind), *(Column(name, name.replace("_", " ")) for name in laws)]
    lines: list[list[Cell]] = [
        [name, *(f"{own[law]:.1g}" if law in own else None for law in laws)]
        for name, own in deviations.items()
    ]
    notes = [f"{name.replace('_', ' ')}: {told}".replace("``", "") for name, told in laws.items()]
    return Table(f"Laws of {kind}", "largest deviation", columns, lines, notes)


if __name__ == "__main__":
    keep(PAGE, page())
