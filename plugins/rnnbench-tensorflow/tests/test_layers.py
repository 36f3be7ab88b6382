"""The traps of Keras's layers: gate order, the second bias, cells that Keras does not have."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from rnnbench import GRU, LSTM, Cell, Layer, Model, Optimizer, Problem, Spec, Stack, Unsupported
from rnnbench.conformance import small_input
from rnnbench_tensorflow.backend import TensorFlowBackend


@pytest.fixture(scope="module")
def backend():
    return TensorFlowBackend("cpu", "float64")


def ramp(cell: Cell, inputs: int, hidden: int) -> dict[str, np.ndarray]:
    """Give every gate a value of its own: gate k is filled with k + 1."""
    return {
        name: np.broadcast_to(
            np.arange(1.0, shape[0] + 1).reshape(-1, *[1] * (len(shape) - 1)), shape
        ).copy()
        for name, shape in cell.shapes(inputs, hidden).items()
    }


@pytest.mark.parametrize(
    ("cell", "order"),
    [(LSTM(), ("i", "f", "g", "o")), (GRU(), ("z", "r", "n"))],
    ids=lambda value: value.name if isinstance(value, Cell) else None,
)
def test_gates_are_placed_by_name(backend, cell, order):
    layer = Layer(cell, 3, 4)
    recurrence = backend.kernel(layer, "keras")
    packed = recurrence.pack(ramp(cell, 3, 4))
    expected = np.repeat([cell.gates.index(gate) + 1.0 for gate in order], 4)
    for weight in packed.trainable_weights:
        rows = np.atleast_2d(weight.numpy())[:1]
        np.testing.assert_array_equal(rows[0], expected, err_msg=weight.name)


def test_second_bias_of_gru_is_b_hn_alone(backend):
    layer = Layer(GRU(), 3, 4)
    params = ramp(GRU(), 3, 4)
    packed = backend.kernel(layer, "keras").pack(params)
    second = packed.cell.bias.numpy()[1]
    np.testing.assert_array_equal(second, np.concatenate([np.zeros(8), params["b_hn"]]))


@pytest.mark.parametrize("lengths", [False, True])
@pytest.mark.parametrize("rule", [Optimizer("sgd", lr=0.1), Optimizer("adam", lr=0.1, clip=0.1)])
def test_redundant_bias_stays_zero(backend, rule, lengths):
    model = Model(Stack(), Spec(Problem(3, 2, lengths=lengths), GRU(), hidden=4))
    program = backend.program(model, model.initial(0), "keras", rule)
    state, batch = (backend.put(part) for part in small_input(model, 0))
    for _ in range(5):
        program.train_step(state, batch)
    second = program.native["layers.0"].cell.bias.numpy()[1]
    assert (second[:8] == 0).all()
    assert (second[8:] != 0).all()


@dataclass(frozen=True)
class Peephole(LSTM):
    """A stranger's cell that looks like one of Keras's."""

    name: ClassVar[str] = "peephole"


def test_unknown_cell_is_unsupported(backend):
    model = Model(Stack(), Spec(Problem(3, 2), Peephole(), hidden=4))
    with pytest.raises(Unsupported, match="peephole"):
        backend.program(model, model.initial(0), "keras", Optimizer())
    assert backend.program(model, model.initial(0), "graph", Optimizer()).kernel == "tf.while_loop"


@pytest.mark.parametrize(
    ("variant", "kernel"),
    [
        ("keras", "keras LSTM (while loop)"),
        ("graph", "tf.while_loop"),
        ("xla", "XLA while loop"),
        ("fused", "XLA while loop (custom gradient)"),
    ],
)
def test_kernel_is_what_runs(backend, variant, kernel):
    model = Model(Stack(), Spec(Problem(3, 2), LSTM(), hidden=4))
    assert backend.program(model, model.initial(0), variant, Optimizer()).kernel == kernel


def test_cudnn_is_asked_for_outright(backend):
    layer = Layer(LSTM(), 3, 4)
    packed = backend.kernel(layer, "keras").pack(ramp(LSTM(), 3, 4))
    assert packed.use_cudnn is False
