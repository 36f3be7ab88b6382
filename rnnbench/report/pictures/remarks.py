"""What stands below a picture of trainings: which rows are not in it, and what has no interval."""

from __future__ import annotations

from collections.abc import Collection

from rnnbench.analysis.learning.curves import finished
from rnnbench.analysis.row_result import RowResult
from rnnbench.report.one_run.tables import failures
from rnnbench.report.pictures.panel import Comparison

#: What is said where nothing in a picture has an interval over seeds.
SINGLE = "of a single seed: no interval"


def on_rows(comparison: Comparison, shown: Collection[str], lacking: str) -> list[str]:
    """Return which rows have failed, and which others are not drawn.

    Args:
        comparison: what is drawn.
        shown: the names of the rows that are.
        lacking: what the others lack, in words.
    """
    missing = [
        str(one.row)
        for one in comparison.results
        if one.reason is None and str(one.row) not in shown
    ]
    others = [f"not drawn, {lacking}: {', '.join(missing)}"] if missing else []
    return [*failures(comparison.results), *others]


def on_seeds(comparison: Comparison, shown: Collection[str]) -> list[str]:
    """Return that rows that are drawn have no interval, where they have a single seed.

    Args:
        comparison: what is drawn.
        shown: the names of the rows that are.
    """
    drawn = [one for one in comparison.results if str(one.row) in shown]
    single = [str(one.row) for one in drawn if is_single(comparison, one)]
    if len(single) == len(drawn):
        return [SINGLE]
    return [f"{SINGLE}: {', '.join(single)}"] if single else []


def is_single(comparison: Comparison, one: RowResult) -> bool:
    """Return whether a single training of a row was finished."""
    return len(finished(comparison.trainings.get(one.row, []))) == 1
