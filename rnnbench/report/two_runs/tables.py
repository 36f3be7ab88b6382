"""The tables of two sides against each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from rnnbench.analysis.two_runs.metrics import IN_ROUNDS, SCALES, Metric
from rnnbench.analysis.two_runs.rows import ComparedRow, Judged
from rnnbench.analysis.two_runs.sides import RowOnASide
from rnnbench.measure.estimates import Estimate
from rnnbench.report.deferred import Deferred
from rnnbench.report.numbers import quantity, where
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.schema.status import MEASURED

#: How a row has ended that was measured, and of which nothing is known.
NO_FIGURE = "no figure"
#: What the two sides are called.
Names = tuple[str, str]


def tables(rows: Sequence[ComparedRow], metrics: Sequence[Metric], names: Names) -> Deferred[Table]:
    """Return one table per comparison, in which every row stands that is on a side.

    Args:
        rows: of both sides.
        metrics: those that were asked for.
        names: of the sides.
    """
    grouped = groupby(rows, key=lambda row: row.planned.comparison.key)
    makers = [partial(table, list(own), metrics, names) for _, own in grouped]
    judged = [one for row in rows for one in row.judged if one.change]
    if judged and all(one.verdict is None for one in judged):
        note = "no verdicts: they need --processes 3 or more on both sides, of scores --seeds 3"
        makers[-1] = partial(makers[-1], further=[note])
    return Deferred(makers)


def table(
    rows: Sequence[ComparedRow],
    metrics: Sequence[Metric],
    names: Names,
    further: Sequence[str] = (),
) -> Table:
    """Return the table of one comparison.

    Args:
        rows: its own.
        metrics: those that were asked for.
        names: of the sides.
        further: notes on more than its rows.
    """
    planned = rows[0].planned
    comparison = planned.comparison
    several = len(metrics) > 1
    unit = "" if several else unit_of(metrics[0], rows[0])
    return Table(
        title=f"{comparison.task} · {comparison.model}",
        setting=f"{planned.sizes} · "
        f"{where(comparison.place, comparison.threads, comparison.dtype)}",
        columns=[
            Column("row", ""),
            *[Column("metric", "metric")] * several,
            *(
                Column(key, name, unit, "estimate")
                for key, name in zip(("old", "new"), names, strict=True)
            ),
            changed(metrics, names),
            Column("verdict", "verdict"),
        ],
        rows=[line for row in rows for line in lines(row, several)],
        notes=[
            *(note for row in rows for note in reasons(row, names, "score" in metrics)),
            *further,
        ],
    )


def changed(metrics: Sequence[Metric], names: Names) -> Column:
    """Return the heading of the change: a ratio, or the difference of scores."""
    old, new = names
    if list(metrics) == ["score"]:
        return Column("change", f"{new} - {old}", kind="estimate")
    if "score" in metrics:
        return Column("change", "change", "×, score ±", "estimate")
    return Column("change", f"{new} / {old}", "×", "estimate")


def unit_of(metric: Metric, row: ComparedRow) -> str:
    """Return the unit of a metric; of a score its name."""
    return row.planned.score_name if metric == "score" else SCALES[metric].unit


def lines(row: ComparedRow, several: bool) -> list[list[Cell]]:
    """Return the lines of a row: one per metric, or one that says what has become of it."""
    ends = [status(side) for side in (row.old, row.new)]
    if not row.judged:
        return [[str(row.row), *[""] * several, *ends, "", word(row)]]
    return [
        [
            str(row.row),
            *[f"{one.metric}, {unit_of(one.metric, row)}"] * several,
            *(
                figure(estimate, end)
                for estimate, end in zip((one.old, one.new), ends, strict=True)
            ),
            difference(one),
            word(row, one),
        ]
        for one in row.judged
    ]


def status(side: RowOnASide | None) -> str:
    """Return how a row ended on a side, – where it is not there.

    One that was measured is asked for only where it has no figure, as when all was disturbed.
    """
    if side is None:
        return "–"
    return NO_FIGURE if side.status in MEASURED else side.status


def figure(estimate: Estimate | None, end: str) -> Cell:
    """Return a figure, or how the row ended that has none."""
    if estimate:
        return quantity(estimate)
    return "–" if end == NO_FIGURE else end


def difference(one: Judged) -> Cell:
    """Return how a metric has changed."""
    if one.change is None:
        return ""
    if one.metric != "score":
        return quantity(one.change, digits=3)
    return Quantity(one.change.value, one.change.low, one.change.high, "range")


def word(row: ComparedRow, one: Judged | None = None) -> str:
    """Return the verdict on a metric, or what has become of the row."""
    if row.apart:
        return "not comparable"
    verdict = one.verdict if one else None
    if one and one.lacks_rounds:
        return "too few rounds"
    return ", ".join(filter(None, (row.change, verdict)))


def reasons(row: ComparedRow, names: Names, trained: bool) -> list[str]:
    """Return why a row has no figures on a side, and what forbids to compare those it has.

    Args:
        row: the row.
        names: of the sides.
        trained: whether it matters that not all trainings were finished.
    """
    sides = zip(names, (row.old, row.new), strict=True)
    found = [
        f"{row.row} {name} {side.status}: {side.reason}"
        for name, side in sides
        if side and side.reason is not None and (trained or side.status not in MEASURED)
    ]
    found += [
        f"{row.row} {name}: too few undisturbed blocks for an interval, so no ratio of {one.metric}"
        for one in row.judged
        for name, side, figure in zip(names, (row.old, row.new), (one.old, one.new), strict=True)
        if side and side.status in MEASURED and one.metric in IN_ROUNDS
        if figure is None or figure.low is None
    ]
    return [*found, f"{row.row} is not comparable: {row.apart}"] if row.apart else found
