from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from rnnbench import LSTM, Layer, LoopRecurrence, NumpyBackend, Run, Unsupported
from rnnbench.models.network_part import Computation

LAYER = Layer(LSTM(), 3, 4)
BACKEND = NumpyBackend("cpu", "float64")
RNG = np.random.default_rng(0)
XS, PARAMS = RNG.standard_normal((5, 2, 3)), LAYER.initial(RNG)
STATE = tuple(RNG.standard_normal((2, 4)) for _ in range(2))


def run(recurrence, xs=XS, layer=LAYER, **options):
    """Return the outputs, the final state, and the state that is kept."""
    kernels, kept = {"layer": recurrence}, {}
    parts, params, state = {"layer": layer}, {"layer": PARAMS}, {"layer": STATE}
    shared = Computation(BACKEND.xp, kernels, parts, params, state, {}, kept)
    ys, final = Run(shared, "")("layer", xs, **options)
    return ys, final, kept.get("layer")


def test_it_begins_at_the_state_that_is_carried_and_keeps_the_last():
    ys, final, kept = run(BACKEND.kernel(LAYER, "autograd"))
    assert kept is final
    assert np.array_equal(ys[-1], final[0])
    others, *_ = run(BACKEND.kernel(LAYER, "autograd"), state=LAYER.zero_state(2))
    assert not np.array_equal(ys, others)


class Telling:
    """The functions of NumPy, each of whose calls is told."""

    def __init__(self):
        self.told = Counter()

    def __getattr__(self, name):
        self.told[name] += 1
        return getattr(BACKEND.xp, name)


def test_without_lengths_nothing_is_computed_but_the_steps():
    xp, plain, state = Telling(), Telling(), STATE
    run(LoopRecurrence(LAYER.cell, xp, dict))
    for x in XS:
        state = LAYER.cell.step(plain, PARAMS, x, state)
    assert xp.told - plain.told == Counter(unstack=1, stack=1)
    assert not plain.told["where"]


def test_padding_leaves_the_state_as_it_is_and_the_output_zero():
    recurrence = BACKEND.kernel(LAYER, "autograd")
    lengths = np.array([5, 2])
    mask = np.arange(5)[:, None] < lengths
    ys, final, _ = run(recurrence, lengths=lengths)
    whole, end, _ = run(recurrence)
    assert np.array_equal(ys[mask], whole[mask])
    assert not ys[~mask].any()
    assert np.array_equal(final[0], [whole[4, 0], whole[1, 1]])
    assert np.array_equal(final[1][0], end[1][0])
    assert not np.array_equal(final[1][1], end[1][1])


def test_a_reversed_layer_is_the_layer_on_the_reversed_sequence():
    layer = replace(LAYER, reverse=True)
    forwards = BACKEND.kernel(LAYER, "autograd")
    ys, final, _ = run(forwards, XS[::-1])
    turned, end, _ = run(BACKEND.kernel(layer, "autograd"), layer=layer)
    assert np.array_equal(turned[::-1], ys)
    assert all(np.array_equal(*both) for both in zip(final, end, strict=True))


def test_a_reversed_layer_begins_at_the_last_step_before_padding():
    layer, lengths = replace(LAYER, reverse=True), np.array([3, 5])
    ys, final, _ = run(BACKEND.kernel(layer, "autograd"), layer=layer, lengths=lengths)
    alone, end, _ = run(BACKEND.kernel(layer, "autograd"), XS[:3], layer=layer)
    assert np.array_equal(ys[:3, 0], alone[:, 0])
    assert not ys[3:, 0].any()
    assert np.array_equal(final[0][0], end[0][0])


def test_a_state_that_is_not_carried_is_not_kept():
    layer = replace(LAYER, carry=False)
    _, _, kept = run(BACKEND.kernel(layer, "autograd"), layer=layer)
    assert kept is None


def test_padding_is_refused_where_the_recurrence_would_ignore_it():
    recurrence = BACKEND.kernel(LAYER, "autograd")
    recurrence.takes_masks = False
    with pytest.raises(Unsupported, match="takes sequences of one length alone"):
        run(recurrence, lengths=np.array([5, 2]))
