"""Verdicts between rows: faster, slower, the same, or undecided; corrected across a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from rnnbench.measure.estimates import CONFIDENCE, Effect

Verdict = Literal["faster", "slower", "same", "undecided"]

#: Two rows whose ratio is known to lie within 1 ± this are the same, for all practical purposes.
DELTA = 0.02


def verdicts(
    effects: Sequence[Effect | None], delta: float = DELTA, tests: int | None = None
) -> list[Verdict | None]:
    """Judge the ratios of a table, each of a row to what it is held against.

    A ratio may be shown to differ from 1, and may be shown to lie within 1 ± δ (two one-sided
    tests, Schuirmann 1987); Holm's step-down correction (1979) keeps the chance of a single wrong
    claim in the whole table at 5 %, for each of the two kinds of claim. One that is both is
    ``same``: the difference is real and too small to matter.

    Args:
        effects: logarithms of the ratios; None where there is none.
        delta: δ, above 0.
        tests: how many ratios could have been judged, where those that are were chosen by their
            values: the pairs of rows, where each is held against the fastest. As many as there are
            by default.

    Returns:
        One per effect, None where it has too few processes to be judged.
    """
    judged = [effect for effect in effects if effect is not None and effect.error is not None]
    differ = rejected([different(effect) for effect in judged], tests)
    agree = rejected([equivalent(effect, delta) for effect in judged], tests)
    found = iter(_verdict(*three) for three in zip(judged, differ, agree, strict=True))
    return [next(found) if e is not None and e.error is not None else None for e in effects]


def _verdict(effect: Effect, differs: bool, agrees: bool) -> Verdict:
    if agrees:
        return "same"
    if differs:
        return "faster" if effect.centre < 0 else "slower"
    return "undecided"


def different(effect: Effect) -> float:
    """Return the two-sided p-value for a ratio that is not 1."""
    above = effect.beyond(0.0)
    return min(1.0, 2 * min(above, 1 - above))


def equivalent(effect: Effect, delta: float) -> float:
    """Return the p-value for a ratio within 1 ± δ: at most 5 % if the 95 % interval lies inside."""
    return within(effect, math.log1p(-delta), math.log1p(delta))


def within(effect: Effect, low: float, high: float) -> float:
    """Return the p-value for an effect between two bounds."""
    return min(1.0, 2 * max(effect.beyond(low), 1 - effect.beyond(high)))


def rejected(p_values: Sequence[float], tests: int | None = None) -> list[bool]:
    """Return what Holm's procedure rejects: the k-th smallest p ≤ α / (m - k), k from 0.

    ``m`` is ``tests``, at least as many as there are p-values: those not given are taken as large.
    """
    count = len(p_values) if tests is None else tests
    found = [False] * len(p_values)
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] > (1 - CONFIDENCE) / (count - rank):
            break
        found[index] = True
    return found
