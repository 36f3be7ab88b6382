"""What a comparison is stopped at: findings that a caller can be told of by an exit code."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, TypeGuard, get_args

import msgspec
from msgspec.structs import replace

from rnnbench.analysis.two_runs.metrics import TIMES
from rnnbench.analysis.two_runs.rows import ComparedRow, Judged
from rnnbench.measure.estimates import Effect
from rnnbench.measure.verdicts import different, rejected

#: What may be found: a time that is shown to be longer, memory or a score that is shown to be
#: worse, a row of the old side that the new one lacks, one that has no figures any more, and a
#: figure of which nothing could be shown.
Kind = Literal["slower", "worse", "missing", "failed", "undecided"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: On which side of a bound a ratio is shown to lie, None if on neither.
Place = Literal["above", "below"] | None

#: Exit codes: something that was asked for was found; nothing could be compared.
FOUND, NOTHING_COMPARABLE = 3, 4


class Finding(msgspec.Struct, frozen=True):
    """Something that may be a reason to stop.

    Attributes:
        kind: what it is.
        row: of which row.
        judged: of which of its metrics, None if it is of the whole row.
    """

    kind: Kind
    row: ComparedRow
    judged: Judged | None = None


def findings(rows: Sequence[ComparedRow], threshold: float = 0.0) -> list[Finding]:
    """Return all that may be a reason to stop, by row.

    Args:
        rows: those of both sides.
        threshold: by how much a ratio must be shown to be above 1, at least; what is shown to lie
            below that is not undecided. Scores have a margin of their own.
    """
    places = iter(_places([one.ratio for row in rows for one in row.judged], threshold))
    found: list[Finding] = []
    for row in rows:
        found += _of_row(row)
        for one in row.judged:
            found += _of_metric(row, one, next(places))
    return found


def _of_row(row: ComparedRow) -> Iterator[Finding]:
    if row.change == "missing" or row.change == "failed":
        yield Finding(row.change, row)


def _of_metric(row: ComparedRow, one: Judged, place: Place) -> Iterator[Finding]:
    """Yield what is found of a metric that both sides have, or should have.

    Args:
        row: the row.
        one: the metric.
        place: where its ratio is shown to lie; a score has none.
    """
    if one.lacks_rounds:
        yield Finding("undecided", row, one)
    if one.lacks_rounds or one.old is None or one.new is None or row.apart:
        return
    bad: Kind = "slower" if one.metric in TIMES else "worse"
    if one.verdict == bad and (place == "above" or one.ratio is None):
        yield Finding(bad, row, one)
    elif one.verdict in (bad, "undecided", None) and place != "below":
        yield Finding("undecided", row, one)


def _places(ratios: Sequence[Effect | None], threshold: float) -> list[Place]:
    """Return on which side of 1 + threshold each ratio is shown to lie, corrected together."""
    bound = math.log1p(threshold)
    moved = [replace(one, centre=one.centre - bound) for one in ratios if can_be_judged(one)]
    shown = iter(zip(moved, rejected(list(map(different, moved))), strict=True))
    return [_place(*next(shown)) if can_be_judged(one) else None for one in ratios]


def _place(moved: Effect, shown: bool) -> Place:
    return None if not shown else "above" if moved.centre > 0 else "below"


def can_be_judged(ratio: Effect | None) -> TypeGuard[Effect]:
    """Return whether a ratio was measured in processes enough."""
    return ratio is not None and ratio.error is not None


def exit_code(
    rows: Sequence[ComparedRow], found: Sequence[Finding], fail_on: Collection[Kind]
) -> int:
    """Return how a program ends that has compared two sides.

    Args:
        rows: those of both sides.
        found: see :func:`findings`.
        fail_on: the kinds that it must not pass over.

    Returns:
        :data:`FOUND` if there is one of these; else :data:`NOTHING_COMPARABLE` if no figure could
        be compared, or none could be judged where verdicts are asked for; else 0.
    """
    if any(finding.kind in fail_on for finding in found):
        return FOUND
    if not any(compared(row) for row in rows) or lacks_verdicts(rows, fail_on):
        return NOTHING_COMPARABLE
    return 0


def compared(row: ComparedRow) -> bool:
    """Return whether both sides have a figure of a row that may be compared."""
    return any(one.change is not None for one in row.judged)


def lacks_verdicts(rows: Sequence[ComparedRow], fail_on: Collection[Kind]) -> bool:
    """Return whether verdicts are asked for of which there is none: then nothing can be found."""
    asked = {"slower", "worse"} & set(fail_on)
    given = {
        "slower" if one.metric in TIMES else "worse"
        for row in rows
        for one in row.judged
        if one.verdict is not None
    }
    return bool(asked) and not asked & given
