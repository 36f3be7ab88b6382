import numpy as np
import pytest

from rnnbench import LSTM, Layer, NumpyBackend, Run, Unsupported
from rnnbench.models.part import Computation

LAYER = Layer(LSTM(), 3, 4)
BACKEND = NumpyBackend("cpu", "float64")
RNG = np.random.default_rng(0)
XS, PARAMS = RNG.standard_normal((5, 2, 3)), LAYER.initial(RNG)
STATE = tuple(RNG.standard_normal((2, 4)) for _ in range(2))


def run(recurrence, **options):
    """Return the outputs, the final state, and the state that is kept."""
    kernels, kept = {"layer": recurrence}, {}
    parts, params, state = {"layer": LAYER}, {"layer": PARAMS}, {"layer": STATE}
    shared = Computation(BACKEND.xp, kernels, parts, params, state, {}, kept)
    ys, final = Run(shared, "")("layer", XS, **options)
    return ys, final, kept["layer"]


def test_it_begins_at_the_state_that_is_carried_and_keeps_the_last():
    ys, final, kept = run(BACKEND.kernel(LAYER, "autograd"))
    assert kept is final
    assert np.array_equal(ys[-1], final[0])
    others, *_ = run(BACKEND.kernel(LAYER, "autograd"), state=LAYER.zero_state(2))
    assert not np.array_equal(ys, others)


def test_padding_leaves_the_state_as_it_is_and_the_output_zero():
    recurrence = BACKEND.kernel(LAYER, "autograd")
    mask = np.arange(5)[:, None] < [5, 2]
    ys, final, _ = run(recurrence, mask=mask)
    whole, end, _ = run(recurrence)
    assert np.array_equal(ys[mask], whole[mask])
    assert not ys[~mask].any()
    assert np.array_equal(final[0], [whole[4, 0], whole[1, 1]])
    assert np.array_equal(final[1][0], end[1][0])
    assert not np.array_equal(final[1][1], end[1][1])


def test_a_mask_is_refused_where_the_recurrence_would_ignore_it():
    recurrence = BACKEND.kernel(LAYER, "autograd")
    recurrence.takes_masks = False
    with pytest.raises(Unsupported, match="takes sequences of one length alone"):
        run(recurrence, mask=np.ones((5, 2), bool))
