"""Choosing what is said next: the likeliest token, or one drawn by its probability.

It is done here, in NumPy and float64, on the logits of one step, so that every framework chooses
alike. Logits are rounded first: what differs by less is equal, and of equal ones the first token is
likelier, so that the rounding of a framework decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnbench.errors import Diverged

#: Decimals of a logit that count; frameworks agree to 1e-12 in float64.
DECIMALS = 9


@dataclass(frozen=True)
class Sampling:
    """How a token is chosen from logits y.

    Attributes:
        temperature: τ of p = softmax(y / τ), from which a token is drawn; 0 takes the likeliest.
        top_k: only so many of the likeliest are drawn from; 0 for all.
        seed: of the draws.
    """

    temperature: float = 0.0
    top_k: int = 0
    seed: int = 0

    def chooser(self) -> Callable[[np.ndarray], int]:
        """Return what chooses a token from logits ``(V,)``, one draw after the other."""
        if not self.temperature:
            return lambda logits: int(ranked(logits)[0])
        rng = np.random.default_rng([self.seed, 5])
        return lambda logits: self._drawn(logits, float(rng.random()))

    def _drawn(self, logits: np.ndarray, share: float) -> int:
        """Return the token at a share of all probability, the likeliest first."""
        tokens = ranked(logits)[: self.top_k or None]
        levels = rounded(logits)[tokens] / self.temperature
        weights = np.exp(levels - levels[0])
        sums = np.cumsum(weights)
        place = int(np.searchsorted(sums, share * sums[-1], side="right"))
        return int(tokens[min(place, len(tokens) - 1)])


def ranked(logits: np.ndarray) -> np.ndarray:
    """Return all tokens ``(V,)``, the likeliest first and of equal ones the first."""
    return np.argsort(-rounded(logits), kind="stable")


def rounded(logits: np.ndarray) -> np.ndarray:
    """Return logits ``(..., V)`` in float64, to :data:`DECIMALS`.

    Raises:
        Diverged: if the largest is no finite number; a token that can't be said may have −∞.
    """
    found = np.asarray(np.round(np.asarray(logits, np.float64), DECIMALS))
    if not np.isfinite(found.max(axis=-1)).all():
        raise Diverged("the outputs of the net are no finite numbers: no token can be chosen")
    return found
