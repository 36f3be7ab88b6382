"""What nn.RNN, nn.LSTM and nn.GRU need to compute the cells' function, and when they can't."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from rnnbench import (
    GRU,
    LSTM,
    Batch,
    Cell,
    Elman,
    Layer,
    Model,
    Optimizer,
    Problem,
    Spec,
    Stack,
    Unsupported,
)
from rnnbench_torch.backend import TorchBackend
from rnnbench_torch.program import TorchProgram

HIDDEN = 4


def trained(cell: Cell, steps: int = 20) -> tuple[TorchProgram, Model]:
    """Train a program with momentum and clipping, both of which would show a second bias."""
    backend = TorchBackend("cpu", "float64")
    model = Model(Stack(), Spec(Problem(3, 2), cell, HIDDEN))
    rule = Optimizer("sgd", lr=0.1, clip=0.5)
    program = backend.program(model, model.initial(0), "fused", rule)
    rng = np.random.default_rng(0)
    batch = Batch(rng.standard_normal((5, 6, 3)), rng.standard_normal((5, 6, 2)))
    state = backend.put(model.zero_state(6))
    for _ in range(steps):
        program.train_step(state, backend.put(batch))
    return program, model


@pytest.mark.parametrize("cell", [Elman(), LSTM()], ids=lambda cell: cell.name)
def test_the_second_bias_stays_zero(cell: Cell) -> None:
    program, _ = trained(cell)
    module = program.native["layers.0"]
    assert torch.count_nonzero(module.bias_hh_l0) == 0
    assert module.bias_hh_l0.grad is None
    assert torch.count_nonzero(module.bias_ih_l0) == module.bias_ih_l0.numel()


def test_of_the_second_bias_of_a_gru_only_b_hn_is_trained() -> None:
    program, _ = trained(GRU())
    redundant, b_hn = program.native["layers.0"].bias_hh_l0.split([2 * HIDDEN, HIDDEN])
    assert torch.count_nonzero(redundant) == 0
    assert torch.count_nonzero(b_hn) == HIDDEN
    assert np.array_equal(program.params()["layers.0"]["b_hn"], b_hn.detach().numpy())


def test_the_second_bias_of_a_gru_counts_in_no_norm() -> None:
    program, _ = trained(GRU(), steps=1)
    gradient = program.native["layers.0"].bias_hh_l0.grad
    assert torch.count_nonzero(gradient[: 2 * HIDDEN]) == 0
    assert torch.count_nonzero(gradient[2 * HIDDEN :]) == HIDDEN


@dataclass(frozen=True)
class Peephole(LSTM):
    """A subclass may compute something else under the same parameters."""

    name = "peephole"


def test_an_unknown_cell_is_unsupported() -> None:
    model = Model(Stack(), Spec(Problem(3, 2), Peephole(), HIDDEN))
    with pytest.raises(Unsupported, match="no kernel for the cell 'peephole'"):
        TorchBackend().program(model, model.initial(0), "fused", Optimizer())


@pytest.mark.parametrize(
    ("cell", "dtype", "kernel"),
    [
        (LSTM(), "float32", "nn.LSTM (oneDNN)"),
        (LSTM(), "float64", "nn.LSTM (native)"),
        (GRU(), "float32", "nn.GRU (native)"),
        (Elman(), "float32", "nn.RNN (native)"),
    ],
)
def test_the_kernel_is_the_one_that_runs(cell: Cell, dtype: str, kernel: str) -> None:
    if "oneDNN" in kernel and not torch.backends.mkldnn.is_available():
        pytest.skip("this PyTorch is built without oneDNN")
    model = Model(Stack(), Spec(Problem(3, 2), cell, HIDDEN))
    program = TorchBackend("cpu", dtype).program(model, model.initial(0), "fused", Optimizer())
    assert program.kernel == kernel


# Switching oneDNN sets all its flags, one of which means nothing to a build for the CPU alone.
@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN:UserWarning")
def test_the_kernel_is_native_where_onednn_is_switched_off() -> None:
    model = Model(Stack(), Spec(Problem(3, 2), LSTM(), HIDDEN))
    with torch.backends.mkldnn.flags(enabled=False):
        program = TorchBackend().program(model, model.initial(0), "fused", Optimizer())
    assert program.kernel == "nn.LSTM (native)"


def test_relu_is_relu() -> None:
    model = Model(Stack(), Spec(Problem(3, 2), Elman("relu"), HIDDEN))
    program = TorchBackend().program(model, model.initial(0), "fused", Optimizer())
    module = program.native["layers.0"]
    assert isinstance(module, nn.RNN)
    assert module.nonlinearity == "relu"


@pytest.mark.parametrize(
    "cell", [Elman(), Elman("relu"), LSTM(), GRU()], ids=["elman", "elman-relu", "lstm", "gru"]
)
def test_steps_one_by_one_are_the_sequence(cell: Cell) -> None:
    """A step alone is another function of PyTorch's, with the same weights."""
    backend = TorchBackend("cpu", "float64")
    recurrence = backend.kernel(Layer(cell, 3, HIDDEN), "fused")
    rng = np.random.default_rng(0)
    drawn = {k: rng.standard_normal(shape) for k, shape in cell.shapes(3, HIDDEN).items()}
    module = recurrence.pack(drawn)
    xs = backend.put(rng.standard_normal((4, 2, 3)))
    state = backend.put(tuple(rng.standard_normal((2, HIDDEN)) for _ in cell.state))
    whole, final = recurrence.apply(module, xs, state)
    steps = []
    with torch.no_grad():
        for x in xs:
            ys, state = recurrence.apply(module, x[None], state)
            steps.append(ys)
    torch.testing.assert_close(torch.cat(steps), whole, rtol=0, atol=1e-12)
    for part, other in zip(state, final, strict=True):
        torch.testing.assert_close(part, other, rtol=0, atol=1e-12)
