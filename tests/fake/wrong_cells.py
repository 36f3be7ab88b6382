"""Cells that break one promise each."""

from dataclasses import dataclass
from typing import ClassVar

import autograd.numpy as anp
import numpy as np

from rnnbench.models.cell import Cell, LinearCell


@dataclass(frozen=True)
class Right(Cell):
    """h' = (1 - a) h + a tanh(x W_x + h W_h + b)."""

    name: ClassVar[str] = "wrong"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    leak: float = 0.5

    def inner(self, xp, p, x, h):
        return x @ p["w_x"][0] + h @ p["w_h"][0] + p["b"][0]

    def step(self, xp, p, x, state):
        (h,) = state
        return (h + self.leak * (xp.tanh(self.inner(xp, p, x, h)) - h),)


class OddName(Right):
    name = "Odd Name"


@dataclass(frozen=True)
class NeedsAnOption(Right):
    def __init__(self, leak):
        object.__setattr__(self, "leak", leak)


@dataclass(frozen=True)
class OptionIsAFunction(Right):
    squash: object = np.tanh


class ForgetsShape(Right):
    def shapes(self, inputs, hidden):
        return super().shapes(inputs, hidden) | {"scale": (hidden,)}

    def initial(self, rng, inputs, hidden):
        params = super().initial(rng, inputs, hidden)
        params["scale"] = np.zeros((1, hidden))
        return params


class DrawsAnew(Right):
    def initial(self, rng, inputs, hidden):
        return super().initial(np.random.default_rng(), inputs, hidden)


class ReturnsList(Right):
    def step(self, xp, p, x, state):
        return list(super().step(xp, p, x, state))


class AlwaysDouble(Right):
    def step(self, xp, p, x, state):
        (h,) = super().step(xp, p, x, state)
        return (h.astype(np.float64) if h.dtype == np.float32 else h,)


class ChangesState(Right):
    def step(self, xp, p, x, state):
        new = super().step(xp, p, x, state)
        if isinstance(state[0], np.ndarray):
            state[0][:] = 0
        return new


class ChangesParameters(Right):
    def step(self, xp, p, x, state):
        new = super().step(xp, p, x, state)
        if isinstance(p, dict):
            p["b"] = 0.99 * p["b"]
        return new


class Remembers(Right):
    def step(self, xp, p, x, state):
        vars(type(self)).get("steps", []).append(None)
        return tuple(h + 1e-15 * len(type(self).steps) for h in super().step(xp, p, x, state))

    steps: ClassVar[list] = []


class MixesExamples(Right):
    def inner(self, xp, p, x, h):
        return super().inner(xp, p, x, h) + xp.mean(h)


class CallsNumpy(Right):
    def step(self, xp, p, x, state):
        (h,) = state
        return (h + self.leak * (anp.tanh(self.inner(xp, p, x, h)) - h),)


class UsesMethod(Right):
    def step(self, xp, p, x, state):
        return (xp.tanh(self.inner(xp, p, x, state[0]).reshape(x.shape[0], -1)),)


class HoldsNothing(Right):
    hold: ClassVar[dict[str, int]] = {"h": 1}


class StopsGradient(Right):
    def step(self, xp, p, x, state):
        (h,) = state
        return super().step(xp, p, x, (xp.stop_gradient(h),))


class NoZeroState(Right):
    def step(self, xp, p, x, state):
        (h,) = state
        size = xp.sqrt(xp.sum(xp.square(h), axis=1, keepdims=True))
        return super().step(xp, p, x, (h / size,))


@dataclass(frozen=True)
class LinearOtherwise(LinearCell):
    """h' = h / 2 + x W_x, but as a map it forgets half as much."""

    name: ClassVar[str] = "wrong"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    leak: float = 0.5

    def linear(self, xp, p, x):
        new = x @ p["w_x"][0]
        return (xp.ones_like(new) - self.leak / 2,), (new,)

    def step(self, xp, p, x, state):
        (h,) = state
        return (h - self.leak * h + x @ p["w_x"][0],)
