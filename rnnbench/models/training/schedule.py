"""Schedules: what becomes of the learning rate in the course of a training."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rnnbench.schema.types import ScheduleName


@dataclass(frozen=True)
class Schedule:
    """The factor of the learning rate at each step t = 1, 2, ... N of a training.

    A linear warm-up of W steps (Goyal et al. 2017), and what follows u steps after it:

        factor(t) = min(1, t / W) · s(u)        u = max(0, t - 1 - W)

        constant    s(u) = 1
        step        s(u) = γ^⌊u / K⌋
        cosine      s(u) = (1 + cos(π u / (N - W))) / 2        Loshchilov & Hutter 2017

    After N steps, which a training does not take and a timing may, it begins again.

    Attributes:
        name: ``constant``, ``step`` or ``cosine``.
        steps: N.
        warmup: W, 0 for none.
        drop: γ, what ``step`` multiplies the rate by.
        drop_every: K, after how many steps each time.
    """

    name: ScheduleName = "constant"
    steps: int = 1
    warmup: int = 0
    drop: float = 0.1
    drop_every: int = 1

    @property
    def is_constant(self) -> bool:
        """Whether the rate is the same at all steps."""
        return self.name == "constant" and not self.warmup

    def factor(self, step: int) -> float:
        """Return what the rate is multiplied by at a step, from 1."""
        step = (step - 1) % self.steps + 1
        warm = min(1.0, step / self.warmup) if self.warmup else 1.0
        return warm * self._after(max(0, step - 1 - self.warmup))

    def _after(self, steps: int) -> float:
        """Return the factor so many steps after the warm-up."""
        match self.name:
            case "constant":
                return 1.0
            case "step":
                return float(self.drop ** (steps // self.drop_every))
            case "cosine":
                return (1 + math.cos(math.pi * steps / max(1, self.steps - self.warmup))) / 2


CONSTANT = Schedule()
