"""What has been found while a run goes on: the comparison in hand, and one that is finished.

The figures are those of the table, by the same rules; verdicts are not, since they are corrected
across the whole table and may change with what follows.
"""

from __future__ import annotations

from collections.abc import Sequence

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import cell_text, spread, where
from rnnbench.report.one_run.columns import by_ratio, is_base, ratio, score, step
from rnnbench.report.one_run.tables import precision
from rnnbench.report.tables import Column, Quantity, Table
from rnnbench.schema.status import MEASURED


def in_hand(results: Sequence[RowResult]) -> Table:
    """Return the table of the comparison that is being timed, its rows in the order of the plan."""
    first = results[0]
    asked = next((one.precision_asked for one in results if one.precision_asked), None)
    load = "" if first.load is None else f" · load {first.load:.1f}"
    return Table(
        title=f"{first.task} · {first.model}{load}",
        setting=f"{first.sizes} · {where(first.device, first.threads, first.dtype)}",
        columns=[
            Column("row", ""),
            Column("train_step_ms", "train step", "ms", "estimate"),
            Column("ratio", "of fastest", "×", "estimate"),
            Column("precision", "precision", f"of {spread(asked)}" if asked else ""),
            Column("rounds", "rounds"),
            Column("aside", "set aside", "%"),
        ],
        rows=[
            [
                str(one.row),
                step(one),
                ratio(one),
                "" if is_base(one) and len(results) > 1 else spread(precision(one)),
                "" if one.rounds is None else str(one.rounds),
                aside(one),
            ]
            for one in results
        ],
    )


def aside(one: RowResult) -> str:
    """Return the percentage of a row's blocks that were set aside."""
    if not one.rounds:
        return ""
    return f"{100 * (one.rounds - (one.clean or 0)) / one.rounds:.0f}"


def worst_precision(results: Sequence[RowResult]) -> float | None:
    """Return the precision that keeps a timing going on, None where one is not known."""
    measured = [one for one in results if one.rounds]
    judged = [one for one in measured if not is_base(one)] or measured
    found = [precision(one) for one in judged]
    known = [share for share in found if share is not None]
    return max(known) if known and len(known) == len(found) else None


def finished(results: Sequence[RowResult]) -> list[str]:
    """Return the lines on a comparison that is finished, its fastest row first."""
    first = results[0]
    ordered = sorted(results, key=by_ratio)
    name = max(len(str(one.row)) for one in results)
    rows = [f"  {one.row!s:{name}}  {outcome(one)}" for one in ordered]
    return [f"{first.task} · {first.model} · {first.sizes}", *rows]


def outcome(one: RowResult) -> str:
    """Return what was found of a row: its time, its ratio, its score; or how it ended."""
    if one.status not in MEASURED:
        return f"{one.status}: {one.reason}" if one.reason else one.status
    found = [cell_text(step(one)) + (" ms" if one.train_step_ms else "")]
    if one.ratio is not None and not is_base(one):
        found.append(f"{cell_text(ratio(one))} × the fastest")
    if one.score is not None:
        naive = cell_text(Quantity(one.naive_score, digits=3))
        found.append(f"{one.score_name} {cell_text(score(one))} (naive {naive})")
    return ", ".join(found)
