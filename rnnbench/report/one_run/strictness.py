"""What ``--strict`` finds wrong with a measurement, in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from rnnbench.analysis.row_result import RowResult
from rnnbench.doctor.examination import Examination
from rnnbench.report.numbers import spread
from rnnbench.report.one_run.columns import is_base
from rnnbench.report.one_run.tables import precision

#: The exit code where a measurement is not as good as it was asked to be.
EXIT_CODE = 5
#: The share of a row's blocks that may be disturbed: of a quiet run at least half are kept.
MOST_DISTURBED = 0.5


def objection(results: Iterable[RowResult]) -> str | None:
    """Return which rows were too disturbed, or are not as precise as asked; None if none."""
    found = []
    for _, own in groupby(results, key=attrgetter("comparison")):
        timed = [one for one in own if one.rounds]
        found += [f"{one.task} {one.cell} {one.row} {what}" for one, what in shortcomings(timed)]
    return "; ".join(found) or None


def shortcomings(timed: list[RowResult]) -> Iterator[tuple[RowResult, str]]:
    """Yield the rows of a comparison that fall short, and in what.

    The row that ratios are taken to has a ratio of one, so its own interval counts only where it is
    alone.
    """
    for one in timed:
        share = 1 - (one.clean or 0) / (one.rounds or 1)
        if share > MOST_DISTURBED:
            yield one, f"{100 * share:.0f} % disturbed"
        elif len(timed) == 1 or not is_base(one):
            asked, reached = one.precision_asked or 0.0, precision(one)
            if reached is None or reached > asked:
                yield one, f"{spread(reached)}, not {spread(asked)}"


def objection_to_machine(found: Examination, asked: float) -> str | None:
    """Return why a machine can't measure as precisely as asked, by its doctor; None if it can."""
    disturbed = [
        check.found
        for check in found.checks
        if check.name in ("load", "steal") and check.verdict == "poor"
    ]
    imprecise = [
        f"{test.row} {spread(test.precision)}, not {spread(asked)}"
        for test in found.self_tests
        if test.precision is None or test.precision > asked
    ]
    return "; ".join([*disturbed, *imprecise]) or None
