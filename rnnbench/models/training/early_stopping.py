"""Early stopping: the weights that score best on validation data are kept.

Prechelt, "Early stopping – but when?", Neural Networks: Tricks of the Trade, 1998.
"""

from __future__ import annotations

import math

#: A score is better if it is so by this share of the best so far: rows that differ by rounding are
#: to stop at one step.
LEAST = 1e-4


class EarlyStopping:
    """Which step has scored best so far, and whether a training goes on.

    Attributes:
        patience: the steps after the best one that a training goes on for.
        best: that step, 0 before there is a score.
    """

    def __init__(self, patience: int, higher_is_better: bool) -> None:
        """Begin with no score."""
        self.patience = patience
        self.best = 0
        self._sign = 1.0 if higher_is_better else -1.0
        self._score = -math.inf

    def improves(self, step: int, score: float) -> bool:
        """Note the score of a step; return whether it is the best so far."""
        score *= self._sign
        if self.best and not score > self._score + LEAST * abs(self._score):
            return False
        self.best, self._score = step, score
        return True

    def is_over(self, step: int) -> bool:
        """Return whether nothing has become better for too long."""
        return step - self.best >= self.patience
