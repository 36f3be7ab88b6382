from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from rnnbench import GRU, LSTM, Batch, Elman, LoopRecurrence, Model, Optimizer, Problem, Spec, Stack
from rnnbench.contracts.recurrences.padded import PaddedRecurrence
from rnnbench.errors import Unsupported
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import STEPS, small_input


class Unmasked(LoopRecurrence):
    """A loop that knows no lengths."""

    takes_masks = False


class WithoutMasks(NumpyBackend):
    def kernel(self, part, variant):
        loop = super().kernel(part, variant)
        return loop and Unmasked(loop.cell, self.xp, self.put)


@dataclass(frozen=True)
class NoHold(LSTM):
    """An LSTM that does not say which gates keep c still."""

    hold: ClassVar[dict[str, int]] = {}


PROBLEM = Problem(3, 2, lengths=True)


def model(cell, problem=PROBLEM):
    return Model(Stack(), Spec(problem, cell, hidden=4, layers=2))


@pytest.mark.parametrize("cell", [Elman(), GRU(), LSTM()], ids=str)
def test_a_kernel_without_masks_is_made_exact(cell):
    backend, made = WithoutMasks("cpu", "float64"), model(cell)
    kernels = backend.ops(made, "autograd").kernels
    assert all(isinstance(kernel, PaddedRecurrence) for kernel in kernels.values())
    assert parity.check(backend, made, "autograd", Optimizer("adam", lr=0.1), 3).error < 1e-14


def test_what_is_redundant_in_a_kernel_stays_so_with_lengths():
    class Redundant(Unmasked):
        trained: ClassVar = {"b": np.zeros(3)}

    cell, xp = LSTM(), NumpyBackend.xp
    padded = PaddedRecurrence(Redundant(cell, xp, dict), model(cell).parts["layers.0"], xp, True)
    assert padded.trained is Redundant.trained


def test_the_gate_channel_is_there_where_the_state_is_more_than_the_output():
    backend = WithoutMasks("cpu", "float64")
    assert backend.ops(model(LSTM()), "autograd").kernel == "Python loop, gate channel"
    assert backend.ops(model(GRU()), "autograd").kernel == "Python loop"
    plain = model(LSTM(), replace(PROBLEM, lengths=False))
    assert backend.ops(plain, "autograd").kernel == "Python loop"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_constants_of_the_gate_channel_are_never_moved(dtype):
    backend, made = WithoutMasks("cpu", dtype), model(LSTM())
    program = backend.program(made, made.initial(0), "autograd", Optimizer("adam", lr=0.1))
    before = program.native["layers.1"]["w_x"][:, -1].copy()
    state, batch = (backend.put(tree) for tree in small_input(made, 0))
    for _ in range(3):
        program.train_step(state, batch)
    assert set(np.abs(before).ravel()) == {0.0, 1e4}
    assert np.array_equal(program.native["layers.1"]["w_x"][:, -1], before)


def test_without_lengths_it_is_the_kernel_alone():
    backend, made = WithoutMasks("cpu", "float64"), model(LSTM())
    program = backend.program(made, made.initial(0), "autograd", Optimizer())
    state, batch = small_input(made, 0)
    ours, _ = program.forward(state, batch._replace(lengths=None))
    theirs, _ = program.forward(state, Batch(batch.inputs, None, np.full(3, STEPS)))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_what_can_not_be_made_exact_is_unsupported():
    with pytest.raises(Unsupported, match="Python loop takes sequences of one length alone"):
        WithoutMasks("cpu", "float64").ops(model(NoHold()), "autograd")
