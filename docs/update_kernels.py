"""Writes kernels.md from committed runs of the suite ``kernels``; ``--check`` only compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from kept_page import keep

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.run_results import row_results
from rnnbench.report import run_origin
from rnnbench.report.formats.markdown import escaped, render_table
from rnnbench.report.numbers import quantity, where, written
from rnnbench.report.tables import Cell, Column, Table
from rnnbench.results import reader
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.row import Row

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "kernels.md"
FOLDER = ROOT / "results" / "published" / "kernels"
#: Batch and units: what a size is called.
SIZES = {(16, 128): "S", (64, 256): "M", (64, 512): "L"}

OPENING = """\
# Kernels

What each framework makes of a layer, and what is left. The suite
[`kernels`](../tasks/rnnbench_tasks/suites/kernels.toml) times training steps of an Elman layer, an
LSTM and a GRU of 100 steps with a read-out at the end, at three sizes: S is batch 16, 128 → 128; M
is batch 64, 128 → 256; L is batch 64, 512 → 512. Written by `docs/update_kernels.py` from
committed runs, and by nobody's hand.

- `fused` is each framework's own best: what a bare `numpy`, `torch`, `jax` or `tensorflow` means.
- `native` is [one C++ kernel](../plugins/rnnbench-native) for all four: what the machine can do,
  and no framework's own.
- `flax` and `equinox` are [what people would pick instead](../plugins/rnnbench-peers).
- *of limit* is the shortest time that [products which wait for each other](measuring.md#the-peak)
  leave possible, over the time taken.
"""

BESIDE = """\
Of the ratios within the rounds of a run, with 95 % intervals; in brackets what was aimed at. Where
there is none, too few rounds of both were undisturbed.
"""


@dataclass(frozen=True)
class Claim:
    """How many times as fast the best of some rows is as the best of others.

    Attributes:
        what: in words.
        ours: the variants, as ``jax:fused``.
        theirs: those it is held against.
        aims: what was aimed at, by size or by cell and size, as ``S`` or ``gru S``.
    """

    what: str
    ours: Sequence[str]
    theirs: Sequence[str]
    aims: dict[str, float]


LARGE = {
    f"{cell} {size}": aim for cell in ("gru", "elman") for size, aim in (("M", 1.7), ("L", 1.25))
}
CLAIMS = (
    Claim(
        "torch:native over torch.nn",
        ["torch:native"],
        ["torch:fused"],
        {"lstm S": 1.3, "lstm M": 1.3, "lstm L": 1.0, "gru S": 4.0, "elman S": 4.0} | LARGE,
    ),
    Claim(
        "TensorFlow's own best over the best of keras and xla",
        ["tensorflow:fused"],
        ["tensorflow:keras", "tensorflow:xla"],
        {"S": 2.2, "M": 2.2, "L": 2.2},
    ),
    Claim(
        "JAX's own best over the best of Flax and Equinox",
        ["jax:fused"],
        ["jax:flax", "jax:equinox"],
        {"S": 1.5, "M": 1.5, "L": 1.2},
    ),
    Claim("jax:native over Flax", ["jax:native"], ["jax:flax"], {"S": 2.0, "M": 2.0, "L": 2.0}),
    Claim(
        "NumPy's own best over torch.nn",
        ["numpy:fused"],
        ["torch:fused"],
        {"S": 0.9, "M": 0.9, "L": 0.9, "elman S": 1.7, "gru S": 1.7},
    ),
)


def page() -> str:
    """Return the whole page."""
    runs = [reader.read(path) for path in sorted(FOLDER.rglob("results.jsonl"))]
    return "\n".join(
        [
            OPENING,
            "## Time of a training step\n",
            *(part for records in runs for part in run_parts(records)),
            "## Beside each other\n",
            BESIDE,
            render_table(claims(runs)),
        ]
    )


def run_parts(records: Sequence[AnyRecord]) -> Iterator[str]:
    """Yield how a run was made, and a table for each of its cells."""
    run, results = run_origin.made(records), row_results(records)
    yield f"{escaped(run.heading)}  \nrepeat it with: `{run.again}`\n"
    setting = where(results[0].device, results[0].threads, results[0].dtype)
    for cell in dict.fromkeys(one.cell for one in results):
        yield render_table(times(cell, setting, [one for one in results if one.cell == cell]))


def times(cell: str, setting: str, rows: Sequence[RowResult]) -> Table:
    """Return the rows of a cell, each with its time and its share of the limit at every size."""
    columns = [Column("row", "row"), Column("kernel", "kernel")]
    for size in SIZES.values():
        columns += [
            Column(f"{size}_step", f"{size}, train step", "ms"),
            Column(f"{size}_limit", f"{size}, of limit", "%"),
        ]
    lines: list[list[Cell]] = []
    for row in dict.fromkeys(one.row for one in rows):
        own = {size_of(one): one for one in rows if one.row == row}
        line: list[Cell] = [str(row), next(iter(own.values())).kernel]
        for size in SIZES.values():
            one = own[size]
            share = one.of_step_limit and one.of_step_limit.scaled(100)
            line += [quantity(one.train_step_ms), quantity(share)]
        lines.append(line)
    return Table(cell, setting, columns, lines)


def claims(runs: Sequence[Sequence[AnyRecord]]) -> Table:
    """Return one line for each claim and cell, of the run that timed its rows beside the fewest."""
    by_run = [(records, row_results(records)) for records in runs]
    by_run.sort(key=lambda run: len(row_names(run[1])))
    lines: list[list[Cell]] = []
    for claim in CLAIMS:
        wanted = {*claim.ours, *claim.theirs}
        records, results = next(run for run in by_run if wanted <= row_names(run[1]))
        beside = cache(partial(row_results, records))  # by the row that ratios are taken to
        for cell in dict.fromkeys(one.cell for one in results):
            own = [one for one in results if one.cell == cell]
            each = (ratio(beside, claim, cell, size, own) for size in SIZES.values())
            lines.append([claim.what, cell, *each])
    columns = [Column("what", "what"), Column("cell", "cell")]
    sizes = [Column(size, size) for size in SIZES.values()]
    return Table("Times as fast", "", columns + sizes, lines)


def row_names(results: Sequence[RowResult]) -> set[str]:
    """Return the rows of a run by name."""
    return {str(one.row) for one in results}


def ratio(
    beside: Callable[[Row], Sequence[RowResult]],
    claim: Claim,
    cell: str,
    size: str,
    rows: Sequence[RowResult],
) -> str:
    """Return how many times as fast, and what was aimed at."""
    here = [one for one in rows if size_of(one) == size]
    ours, theirs = best(here, claim.ours), best(here, claim.theirs)
    (found,) = (
        one.ratio
        for one in beside(ours)
        if (one.cell, size_of(one), one.row) == (cell, size, theirs)
    )
    aim = claim.aims.get(f"{cell} {size}", claim.aims.get(size))
    return f"{written(quantity(found))} ({aim})"


def best(rows: Sequence[RowResult], names: Sequence[str]) -> Row:
    """Return the fastest of some rows."""
    timed = [one for one in rows if str(one.row) in names and one.train_step_ms]
    return min(timed, key=lambda one: one.train_step_ms.value).row  # type: ignore[union-attr]


def size_of(one: RowResult) -> str:
    """Return what the size of a row is called."""
    return SIZES[one.batch, one.hidden]


if __name__ == "__main__":
    keep(PAGE, page())
