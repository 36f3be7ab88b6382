"""What timing stands on: programs repeat to the bit, are reset, and are waited for."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from rnnbench.conformance.programs.traces import Trace
from rnnbench.conformance.programs.under_test import ProgramsUnderTest
from rnnbench.conformance.specimens import (
    OPTIMIZERS,
    small_model,
)
from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.models.arrays.trees import Batch, States, tree_map
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import trained

#: The share of a round that reading may take after ``wait``; it is mere copying.
MOST_LEFT = 0.25


class Timing(ProgramsUnderTest):
    """A program can be timed again and again, and what is timed is all of its work."""

    def test_repeats(self, variant: str) -> None:
        """A program built alike, and one that was reset, train to the same bits.

        For what was reset nothing is compiled again.
        """
        backend, model = self.backend("float32"), small_model("one-hot", LSTM())
        rule, given = OPTIMIZERS["adam"], small_input(model, 3)
        program, alike = (self.build(backend, model, variant, rule, seed=3) for _ in range(2))
        first, expected = (trained(backend, one, *given) for one in (program, alike))
        traces = program.traces()
        program.reset(model.initial(3))
        again = trained(backend, program, *given)
        assert differing(first, expected) == [], "two programs built alike"
        assert differing(again, expected) == [], "a program that was reset"
        assert program.traces() == traces

    def test_wait(self, variant: str) -> None:
        """After ``wait`` all is computed: the loss and the parameters are read without delay.

        No result tells, so time must: a program that goes on computing behind ``wait`` leaves most
        of a round to the reading. A round takes as many steps as fill 30 ms, and
        the median of five rounds is judged, so that a pause of the machine decides nothing.
        """
        backend, model = self.backend("float32"), small_model("last", LSTM(), hidden=16)
        program = self.build(backend, model, variant, OPTIMIZERS["adam"], seed=3)
        inputs = np.random.default_rng(0).standard_normal((20, 8, 2))
        state = backend.put(model.zero_state(8))
        batch = backend.put(Batch(inputs, np.zeros((8, 1))))
        seconds = [sum(timed_round(backend, program, state, batch, 1)) for _ in range(3)]
        steps = math.ceil(0.03 / min(seconds))
        rounds = [timed_round(backend, program, state, batch, steps) for _ in range(5)]
        assert np.median([left / (waited + left) for waited, left in rounds]) < MOST_LEFT


def differing(one: Trace, other: Trace) -> list[str]:
    """Return the names of what is not the same to the bit."""
    return [name for name in other if not np.array_equal(one[name], other[name])]


def timed_round(
    backend: Backend, program: Program, state: States, batch: Any, steps: int
) -> tuple[float, float]:
    """Return the seconds until ``wait`` returns, and those of work that is left until it is read.

    Reading takes time too, on a GPU for each array: as long as reading copies of the parameters.
    """
    start = time.perf_counter()
    for _ in range(steps):
        loss, _ = program.train_step(state, batch)
    program.wait()
    waited = time.perf_counter()
    backend.numpy(loss)
    params = program.params()
    read = time.perf_counter()
    copies = backend.put(params)
    start_of_copies = time.perf_counter()
    tree_map(backend.numpy, copies)
    copying = time.perf_counter() - start_of_copies
    return waited - start, max(0.0, read - waited - copying)
