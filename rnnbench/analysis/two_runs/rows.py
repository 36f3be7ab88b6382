"""The rows of two sides: paired, whichever side has them, and judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from rnnbench.analysis.two_runs.metrics import IN_ROUNDS, SCALES, TIMES, Judgement, Metric
from rnnbench.analysis.two_runs.sides import Key, Paired, RowOnASide, Sides
from rnnbench.measure.estimates import Effect, Estimate, difference
from rnnbench.measure.scores import SCORE_DELTA, ScorePair, score_verdicts
from rnnbench.measure.verdicts import DELTA, Verdict, verdicts
from rnnbench.schema.plan import Planned
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES, MEASURED

#: What has become of a row: it is on one side alone, or it has figures on one side alone.
Change = Literal["missing", "new", "failed", "mended"]
#: The verdicts on times in the words for what is no time.
_WORDS: Mapping[Verdict | None, Judgement] = {
    "faster": "better",
    "slower": "worse",
    "same": "same",
    "undecided": "undecided",
}


class Judged(msgspec.Struct, frozen=True):
    """One metric of a row on both sides.

    Attributes:
        metric: which.
        old, new: its figures in the unit of the metric, None where a side has none.
        change: new over old, of scores new less old; None unless there are both, and of times
            blocks enough on both sides for intervals. Without one where there are too few
            processes.
        ratio: the same as a logarithm, None of scores.
        verdict: on the new one; None likewise.
        lacks_rounds: whether it was timed on both sides, and too few rounds were undisturbed for a
            ratio.
    """

    metric: Metric
    old: Estimate | None
    new: Estimate | None
    change: Estimate | None = None
    ratio: Effect | None = None
    verdict: Judgement | None = None
    lacks_rounds: bool = False


class ComparedRow(msgspec.Struct, frozen=True):
    """A row on both sides, or on one of them.

    Attributes:
        planned: its comparison.
        row: backend and variant.
        old, new: what each side has of it.
        change: None where both sides have figures, or neither.
        apart: what forbids to compare its figures, empty if nothing does.
        judged: the metrics that a side has a figure of.
    """

    planned: Planned
    row: Row
    old: RowOnASide | None
    new: RowOnASide | None
    change: Change | None
    apart: str
    judged: Sequence[Judged]


def compared_rows(
    sides: Sides,
    metrics: Collection[Metric],
    delta: float = DELTA,
    score_delta: float = SCORE_DELTA,
) -> list[ComparedRow]:
    """Pair the rows of two sides and judge what both have figures of.

    Two runs were not taken side by side, so what has changed on the machine between them counts as
    a difference; their numbers of processes need not be equal (see
    :func:`rnnbench.measure.estimates.difference`). All verdicts on times and memory are corrected
    together, whatever the metric, and so are those on scores.

    Args:
        sides: both of them.
        metrics: in the order in which they are shown.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.
        score_delta: see :func:`rnnbench.measure.scores.score_verdicts`.

    Returns:
        The rows by comparison, in the order of the new side; those of the old one alone come last.
    """
    old, new = sides.old.rows, sides.new.rows
    found = [
        _row(key, old.get(key), new.get(key), metrics, sides.paired)
        for key in _by_comparison([*new, *old])
    ]
    found = _with_verdicts(found, delta)
    return _with_score_verdicts(found, score_delta) if "score" in metrics else found


def _by_comparison(keys: Sequence[Key]) -> list[Key]:
    """Return keys without repetitions, those of one comparison together."""
    places = {name: place for place, name in enumerate(dict.fromkeys(k.comparison for k in keys))}
    return sorted(dict.fromkeys(keys), key=lambda key: places[key.comparison])


def _row(
    key: Key,
    old: RowOnASide | None,
    new: RowOnASide | None,
    metrics: Collection[Metric],
    paired: Paired,
) -> ComparedRow:
    """Return a row with its figures, not judged yet."""
    apart = _apart(old, new)
    one_of_them = new or old
    assert one_of_them is not None
    judged = [_figures(metric, old, new, paired.get((key, metric)), apart) for metric in metrics]
    return ComparedRow(
        planned=one_of_them.planned,
        row=key.row,
        old=old,
        new=new,
        change=_change(old, new),
        apart=apart,
        judged=[one for one in judged if one.old or one.new or one.lacks_rounds],
    )


def _apart(old: RowOnASide | None, new: RowOnASide | None) -> str:
    """Return what forbids to compare a row that is on both sides."""
    if old is None or new is None or old.planned.data_hash == new.planned.data_hash:
        return ""
    hashes = [(one.planned.data_hash or "none")[:12] for one in (old, new)]
    return f"data {hashes[1]} against {hashes[0]}"


def _change(old: RowOnASide | None, new: RowOnASide | None) -> Change | None:
    """Return what has become of a row."""
    if new is None:
        return "missing"
    if old is None:
        return "failed" if new.status in FAILURES else "new"
    before, after = old.status in MEASURED, new.status in MEASURED
    if before == after:
        return None
    return "failed" if before else "mended"


def _figures(
    metric: Metric,
    old: RowOnASide | None,
    new: RowOnASide | None,
    paired: Effect | None,
    apart: str,
) -> Judged:
    """Return a metric of a row, and how it has changed."""
    if metric == "score":
        scores = (old.score if old else None, new.score if new else None)
        return Judged(metric, *scores, _less(*scores) if _score_the_same(old, new) else None)
    before, after = (one.figures.get(metric) if one else None for one in (old, new))
    in_rounds = metric in IN_ROUNDS
    measured = all(one is not None and one.status in MEASURED for one in (old, new))
    ratio = None
    if before and after and not apart and not (in_rounds and _lacks_rounds(before, after, paired)):
        ratio = paired or difference(after, before)
    return Judged(
        metric,
        _estimate(metric, before),
        _estimate(metric, after),
        ratio.estimate if ratio else None,
        ratio,
        lacks_rounds=in_rounds and measured and not apart and ratio is None,
    )


def _lacks_rounds(*effects: Effect | None) -> bool:
    """Return whether any time or ratio is of too few rounds for an interval: it may be far off."""
    return any(effect is not None and not effect.has_interval for effect in effects)


def _score_the_same(old: RowOnASide | None, new: RowOnASide | None) -> bool:
    """Return whether both sides have scored the same part of the same data."""
    if old is None or new is None or _apart(old, new):
        return False
    return old.planned.split == new.planned.split


def _less(old: Estimate | None, new: Estimate | None) -> Estimate | None:
    """Return the difference of two scores, new less old, without an interval."""
    return Estimate(new.value - old.value) if old and new else None


def _estimate(metric: Metric, effect: Effect | None) -> Estimate | None:
    return effect.estimate.scaled(SCALES[metric].per_stored) if effect else None


def _with_verdicts(rows: Sequence[ComparedRow], delta: float) -> list[ComparedRow]:
    """Return rows with all that is a ratio judged."""
    known = verdicts([one.ratio for row in rows for one in row.judged], delta)
    if not any(known):  # with too few processes, as most runs have
        return list(rows)
    found = iter(known)

    def judged(one: Judged) -> Judged:
        verdict = next(found)
        is_time = verdict is None or one.metric in TIMES
        return replace(one, verdict=verdict if is_time else _WORDS[verdict])

    return [replace(row, judged=list(map(judged, row.judged))) for row in rows]


def _with_score_verdicts(rows: Sequence[ComparedRow], delta: float) -> list[ComparedRow]:
    """Return rows with their scores judged."""
    pairs = [_scores(row) for row in rows]
    found = zip(rows, pairs, score_verdicts(pairs, delta), strict=True)
    return [
        replace(
            row,
            judged=[
                replace(one, change=pair.difference or one.change, verdict=verdict)
                if pair and one.metric == "score"
                else one
                for one in row.judged
            ],
        )
        for row, pair, verdict in found
    ]


def _scores(row: ComparedRow) -> ScorePair | None:
    """Return the scores of a row on both sides, None unless they are of the same data."""
    old, new, planned = row.old, row.new, row.planned
    if not (_score_the_same(old, new) and old and new and old.scores and new.scores):
        return None
    return ScorePair(new.scores, old.scores, planned.naive_score, planned.higher_is_better)
