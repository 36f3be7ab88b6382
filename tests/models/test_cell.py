import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from rnnbench.models.cell import LinearCell, advance
from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.cells.linear.mingru import MinGRU
from rnnbench.models.cells.linear.minlstm import MinLSTM
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.models.initializers import orthogonal
from rnnbench.oracle.differentiable_numpy import NumpyNamespace
from rnnbench.oracle.parity import error

B, I, H = 2, 3, 4  # noqa: E741
CELLS = [Elman(), Elman("relu"), LSTM(), GRU()]


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


class Gates:
    """x W_x, h W_h and b of one example, unit by unit in plain Python."""

    def __init__(self, cell, p, x, h):
        self.cell, self.p, self.x, self.h = cell, p, x, h

    def from_input(self, gate, j):
        k = self.cell.gates.index(gate)
        return sum(self.x[i] * self.p["w_x"][k][i][j] for i in range(I))

    def from_state(self, gate, j):
        k = self.cell.gates.index(gate)
        return sum(self.h[i] * self.p["w_h"][k][i][j] for i in range(H))

    def bias(self, gate, j):
        return self.p["b"][self.cell.gates.index(gate)][j]

    def __call__(self, gate, j):
        return self.from_input(gate, j) + self.from_state(gate, j) + self.bias(gate, j)


def elman(cell, p, x, h):
    a = Gates(cell, p, x, h)
    phi = math.tanh if cell.activation == "tanh" else lambda v: max(v, 0.0)
    return [[phi(a("h", j)) for j in range(H)]]


def lstm(cell, p, x, h, c):
    a = Gates(cell, p, x, h)
    new_c = [
        sigmoid(a("f", j)) * c[j] + sigmoid(a("i", j)) * math.tanh(a("g", j)) for j in range(H)
    ]
    return [[sigmoid(a("o", j)) * math.tanh(new_c[j]) for j in range(H)], new_c]


def gru(cell, p, x, h):
    a = Gates(cell, p, x, h)
    new_h = []
    for j in range(H):
        r, z = sigmoid(a("r", j)), sigmoid(a("z", j))
        inner = a.from_state("n", j) + p["b_hn"][j]
        n = math.tanh(a.from_input("n", j) + a.bias("n", j) + r * inner)
        new_h.append((1 - z) * n + z * h[j])
    return [new_h]


EQUATIONS = {"elman": elman, "lstm": lstm, "gru": gru}


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_step_follows_its_equations(cell):
    rng = np.random.default_rng(0)
    p = {name: rng.standard_normal(shape) for name, shape in cell.shapes(I, H).items()}
    x = rng.standard_normal((B, I))
    state = tuple(rng.standard_normal((B, H)) for _ in cell.state)
    ours = cell.step(NumpyNamespace(), p, x, state)
    assert len(ours) == len(cell.state)
    for example in range(B):
        truth = EQUATIONS[cell.name](cell, p, x[example], *(part[example] for part in state))
        assert error([part[example] for part in ours], truth) < 1e-14


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_initial_parameters_have_the_shapes_that_are_told(cell):
    params = cell.initial(np.random.default_rng(0), I, H)
    assert {name: array.shape for name, array in params.items()} == cell.shapes(I, H)
    assert all(array.dtype == np.float64 for array in params.values())


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_initial_weights_are_glorot_and_orthogonal(cell):
    params = cell.initial(np.random.default_rng(0), 20, 30)
    limit = math.sqrt(6 / 50)
    largest = np.abs(params["w_x"]).max(axis=(1, 2))
    assert (largest <= limit).all()
    assert (largest > 0.95 * limit).all()
    for gate in params["w_h"]:
        np.testing.assert_allclose(gate @ gate.T, np.eye(30), atol=1e-12)


def test_orthogonal_matrices_are_uniform_over_the_group():
    """Half of them are rotations and half reflections, and no entry has a preferred sign."""
    drawn = orthogonal(np.random.default_rng(0), (2000, 3, 3))
    assert abs(np.sign(np.linalg.det(drawn)).mean()) < 0.1
    assert (np.abs(drawn.mean(axis=0)) < 0.06).all()


@pytest.mark.parametrize("bias", [0.0, 1.0, 2.5])
def test_only_the_forget_bias_of_an_lstm_is_set(bias):
    b = LSTM(forget_bias=bias).initial(np.random.default_rng(0), I, H)["b"]
    assert (b[LSTM.gates.index("f")] == bias).all()
    assert np.count_nonzero(b) == (H if bias else 0)


@pytest.mark.parametrize("cell", [LSTM(), GRU()], ids=str)
def test_gates_that_hold_keep_the_state_still(cell):
    rng = np.random.default_rng(0)
    p = cell.initial(rng, I, H)
    for gate, sign in cell.hold.items():
        p["b"][cell.gates.index(gate)] = sign * 1e4
    state = tuple(rng.standard_normal((B, H)) for _ in cell.state)
    after = cell.step(NumpyNamespace(), p, rng.standard_normal((B, I)), state)
    assert error(after[-1], state[-1]) < 1e-15


@dataclass(frozen=True)
class Remembering(Elman):
    """Has a matrix for its state, an output of its own, and a constant that every step reads."""

    context: ClassVar[tuple[str, ...]] = ("memory",)

    def state_shapes(self, hidden):
        return ((hidden, hidden),)

    def step(self, xp, p, x, state, memory):
        (h,) = state
        return (h + memory[:, :, None] * (x @ p["w_x"][0])[:, None, :],)

    def output(self, xp, state):
        return xp.sum(state[0], axis=1)


def test_a_step_is_advanced_where_there_is_one():
    cell, rng = Remembering(), np.random.default_rng(0)
    p, x, memory = cell.initial(rng, I, H), rng.standard_normal((B, I)), np.ones((B, H))
    (zeros,) = cell.zero_state(B, H)
    assert zeros.shape == (B, H, H)
    xp, there = NumpyNamespace(), np.array([True, False])
    (everywhere,), every_output = advance(cell, xp, p, x, (zeros,), None, (memory,))
    assert np.array_equal(everywhere, memory[:, :, None] * (x @ p["w_x"][0])[:, None, :])
    assert np.array_equal(every_output, everywhere.sum(axis=1))
    (held,), output = advance(cell, xp, p, x, (zeros + 1,), there, (memory,))
    assert np.array_equal(held[0], everywhere[0] + 1)
    assert (held[1] == 1).all()
    assert np.array_equal(output[0], held[0].sum(axis=0))
    assert not output[1].any()


@dataclass(frozen=True)
class Turning(LinearCell):
    """h' = i h + x: a quarter turn of a complex number."""

    name: ClassVar[str] = "turning"
    gates: ClassVar[tuple[str, ...]] = ("re", "im")
    state: ClassVar[tuple[str, ...]] = ("re", "im")

    def linear(self, xp, p, x):
        return (xp.zeros_like(x), xp.ones_like(x)), (x, xp.zeros_like(x))


def test_a_linear_cell_steps_by_its_map():
    re, im, x = np.random.default_rng(0).standard_normal((3, B, H))
    new = Turning().step(NumpyNamespace(), {}, x, (re, im))
    np.testing.assert_allclose(new[0] + 1j * new[1], 1j * (re + 1j * im) + x, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("cell", "truth"),
    [
        (MinGRU(), lambda h, z, g: (1 - sigmoid(z)) * h + sigmoid(z) * g),
        (
            MinLSTM(),
            lambda h, f, i, g: (sigmoid(f) * h + sigmoid(i) * g) / (sigmoid(f) + sigmoid(i)),
        ),
    ],
    ids=["mingru", "minlstm"],
)
def test_linear_cells_follow_their_equations(cell, truth):
    rng = np.random.default_rng(0)
    p = {name: rng.standard_normal(shape) for name, shape in cell.shapes(I, H).items()}
    x, h = rng.standard_normal((B, I)), rng.standard_normal((B, H))
    (new,) = cell.step(NumpyNamespace(), p, x, (h,))
    gates = np.einsum("bi,gih->gbh", x, p["w_x"]) + p["b"][:, None]
    assert error(new, np.vectorize(truth)(h, *gates)) < 1e-14
