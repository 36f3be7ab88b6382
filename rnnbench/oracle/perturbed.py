"""The oracle from slightly changed weights: how far training takes two honest programs apart.

A float32 program and the oracle part by rounding at first. Training amplifies that, each in its own
way: a gradient of mere noise becomes a whole update of Adam, and a unit of a ReLU that is all but
zero is on in one of them and off in the other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Batch, Params, States, tree_map
from rnnbench.oracle.backend import NumpyProgram


class OffProgram(NumpyProgram):
    """The oracle with errors in all that it computes, drawn anew in each step.

    - The weights at which it differentiates are off by a share of themselves, and so is all that
      comes of them.
    - Gradients are off by the rounding of a dtype as a share of the largest in their tensor:
      RMSprop and Adam make whole updates of the smallest.
    - Updates are off by a share of themselves, alike in all entries and at random in each.
    - Adam's 1 - βᵗ is computed at a dtype. It is a difference of two numbers that are almost equal:
      float32 keeps three digits of it, which makes each update by 6e-6 of itself too small.

    Each of two programs of a pair has the errors of the other with the opposite sign: training soon
    takes an error along in one direction, and what is not smooth may lie on either side.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        sign: int,
        share: float,
        rounding: float,
        real: type[float | np.floating],
        *arguments: Any,
    ) -> None:
        self.rng, self.sign, self.share = rng, sign, share
        self.rounding, self.real = rounding, real
        super().__init__(*arguments)

    def reset(self, params: Params) -> None:
        """Pack the parameters anew, with an optimizer that errs."""
        super().reset(params)
        self.optimizer.real = self.real

    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Differentiate and update, with errors."""
        before = tree_map(np.copy, self.native)
        found = super().train_step(state, batch)
        for group, arrays in before.items():
            for name, old in arrays.items():
                now = self.native[group][name]
                now += self._drawn(1 + self._noise(now), now - old)
        return found

    def _differentiate(self, state: States, batch: Batch) -> tuple[Array, Params, States]:
        right = self.native
        self.native = tree_map(lambda array: array + self._drawn(self._noise(array), array), right)
        try:
            loss, gradients, state = super()._differentiate(state, batch)
        finally:
            self.native = right
        return loss, tree_map(self._rounded, gradients), state

    def _rounded(self, gradient: np.ndarray) -> np.ndarray:
        largest = np.max(np.abs(gradient), initial=0.0)
        noise = self.rounding * largest * self._noise(gradient)
        return np.asarray(gradient + np.where(gradient == 0, 0, noise), gradient.dtype)

    def _drawn(self, noise: np.ndarray, array: np.ndarray) -> np.ndarray:
        return np.asarray(self.share * noise * array, array.dtype)

    def _noise(self, array: np.ndarray) -> np.ndarray:
        return self.sign * self.rng.standard_normal(array.shape)


def set_off(dtype: str, share: float, draw: int) -> Callable[..., NumpyProgram]:
    """Return what makes the oracle, set off.

    Args:
        dtype: whose rounding the gradients have.
        share: by how large a share of itself each value is off.
        draw: which errors: 0 and 1 are a pair, 2 and 3, and so on. In every second pair 1 - βᵗ is
            exact, as it is in some frameworks.
    """
    pair, second = divmod(draw, 2)
    real = np.dtype(dtype).type if pair % 2 else float
    rng, rounding = np.random.default_rng([pair, 4]), float(np.finfo(dtype).eps)
    return partial(OffProgram, rng, -1 if second else 1, share, rounding, real)
