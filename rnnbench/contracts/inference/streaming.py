"""Inference one step at a time, the state carried: what voice and sensors need."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.errors import UsageError
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.models.model import Model
from rnnbench.models.network import with_options
from rnnbench.models.problem import Problem


def streamed(model: Model) -> Model:
    """Return a model that answers at each step, with the same weights.

    Raises:
        UsageError: if it can't: its outputs depend on later inputs, or on all of them at once.
    """
    spec, network = model.spec, model.network
    if spec.problem.targets == "sequence":
        raise UsageError(
            f"the network {network.name!r} writes a sequence when it has read another: it can't "
            "answer one step at a time"
        )
    if not network.causal:
        raise UsageError(
            f"{with_options(network)} reads later inputs: it can't answer one step at a time"
        )
    problem = replace(spec.problem, targets="every", lengths=False)
    found = Model(network, replace(spec, problem=problem, carried=True), model.weights)
    if lost := model.parts.keys() - found.parts.keys():
        raise UsageError(
            f"the network {network.name!r} reads its output from all steps at once "
            f"({', '.join(sorted(lost))}): it can't answer one step at a time"
        )
    return found


def sequence(problem: Problem, steps: int, batch: int, draw: int) -> np.ndarray:
    """Return inputs that nobody could know: tokens ``(T, B)``, or numbers ``(T, B, I)``."""
    rng = np.random.default_rng([draw, 6])
    if problem.tokens:
        return rng.integers(problem.inputs, size=(steps, batch))
    return rng.standard_normal((steps, batch, problem.inputs))


class Streamed(NamedTuple):
    """What a stream has left behind.

    Attributes:
        latencies: nanoseconds of each step ``(T,)``.
        outputs: ``(T, B, O)``.
    """

    latencies: np.ndarray
    outputs: np.ndarray


class Stream:
    """A program that is given one step after the other.

    A step begins with its input in NumPy and ends with its output there: what lies between two
    samples of a sensor. The state stays with the framework.
    """

    def __init__(self, backend: Backend, program: Program, state: States) -> None:
        """Begin with a state in NumPy."""
        self._backend, self._program = backend, program
        with backend.inference():
            self._state = backend.put(state)

    def step(self, x: np.ndarray) -> np.ndarray:
        """Return the output of a step ``(1, B, O)``, of its input ``(1, B)`` or ``(1, B, I)``."""
        with self._backend.inference():
            batch = Batch(self._backend.put(x), None)
            outputs, self._state = self._program.forward(self._state, batch)
            return self._backend.numpy(outputs)

    def run(self, steps: Sequence[np.ndarray]) -> Streamed:
        """Take steps, each of them timed."""
        latencies, outputs = np.empty(len(steps)), []
        for number, x in enumerate(steps):
            begun = time.perf_counter_ns()
            outputs.append(self.step(x))
            latencies[number] = time.perf_counter_ns() - begun
        return Streamed(latencies, np.concatenate(outputs))
