"""The hand-written backward pass, on NumPy and a plain loop, beside that of the portable cell."""

from __future__ import annotations

import numpy as np
import pytest
from autograd import grad

from rnnbench import (
    GRU,
    LSTM,
    BPTTRecurrence,
    Elman,
    Layer,
    LoopRecurrence,
    NumpyBackend,
    pointwise,
)
from rnnbench.conformance import parity

CELLS = {"elman": Elman(), "elman-relu": Elman("relu"), "lstm": LSTM(), "gru": GRU()}
STEPS, EXAMPLES, INPUTS, HIDDEN = 6, 3, 5, 4
XP = NumpyBackend().xp
#: Each example of another length; without a mask all are whole.
MASKS = {"whole": None, "padded": np.arange(STEPS)[:, None] < np.array([6, 4, 1])}


class NumpyRecurrence(BPTTRecurrence):
    """What a backend makes of it, without a framework that differentiates."""

    def apply(self, params, xs, state, mask=None, context=()):
        """Run forward alone."""
        return self.forward(params, xs, state, mask)[0]


def scan(step, state, inputs, reverse=False):
    """Step through a tuple of arrays and tuples of arrays."""
    kept = []
    steps = range(len(inputs[0]))
    for t in reversed(steps) if reverse else steps:
        state, found = step(state, at(t, inputs))
        kept.append(found)
    return state, stacked(kept[::-1] if reverse else kept)


def at(t, tree):
    return tuple(at(t, part) for part in tree) if isinstance(tree, tuple) else tree[t]


def stacked(kept):
    if isinstance(kept[0], tuple):
        return tuple(map(stacked, zip(*kept, strict=True)))
    return np.stack(kept)


def recurrences(cell):
    layer = Layer(cell, INPUTS, HIDDEN)
    ours = NumpyRecurrence(layer, pointwise(cell, XP), XP, lambda tree: tree, scan)
    return ours, LoopRecurrence(cell, XP, lambda tree: tree)


def arguments(cell):
    """Return parameters none of which is zero, inputs and a state."""
    rng = np.random.default_rng(0)
    params = {n: rng.standard_normal(s) for n, s in cell.shapes(INPUTS, HIDDEN).items()}
    state = tuple(rng.standard_normal((EXAMPLES, HIDDEN)) for _ in cell.state)
    return params, rng.standard_normal((STEPS, EXAMPLES, INPUTS)), state


def told(outputs, final):
    return {"outputs": outputs} | {f"state {k}": part for k, part in enumerate(final)}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_outputs_and_every_gradient(cell, mask):
    ours, loop = recurrences(cell)
    params, xs, state = arguments(cell)
    packed = ours.pack(params)
    result, passed = ours.forward(packed, xs, state, mask)
    truth = loop.apply(params, xs, state, mask)
    assert parity.worst(told(*result), told(*truth)).error < 1e-14

    rng = np.random.default_rng(1)
    d_ys, d_final = rng.standard_normal(truth[0].shape), tuple(map(np.cos, truth[1]))
    d_params, d_xs, d_state = ours.backward(packed, xs, mask, passed, d_ys, d_final)

    def cost(params, xs, state):
        ys, final = loop.apply(params, xs, state, mask)
        pairs = zip((ys, *final), (d_ys, *d_final), strict=True)
        return sum(XP.sum(part * weight) for part, weight in pairs)

    of_params, of_xs, of_state = grad(cost, (0, 1, 2))(params, xs, state)
    found = ours.unpack(d_params) | told(d_xs, d_state)
    assert parity.worst(found, of_params | told(of_xs, of_state)).error < 1e-13


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_layout_comes_back(cell):
    ours, _ = recurrences(cell)
    params, _, _ = arguments(cell)
    back = ours.unpack(ours.pack(params))
    assert back.keys() == params.keys()
    assert all(np.array_equal(back[name], params[name]) for name in params)


def test_another_cell_has_no_half():
    """Even one that is derived from a known cell: its equations may be others."""

    class Peephole(LSTM):
        name = "peephole"

    assert pointwise(Peephole(), XP) is None
