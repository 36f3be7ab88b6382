import numpy as np
import pytest

from rnnbench import NumpyBackend, Run
from rnnbench.models.layers.convolution import CausalConvolution
from rnnbench.models.network_part import Computation, by_path

RNG = np.random.default_rng(0)
XS = RNG.standard_normal((7, 2, 3))


def run(part, xs, state=None, **options):
    """Return the outputs, the parameters, and the state that is kept."""
    parts, kept = dict(by_path({"part": part})), {}
    params = {path: own.initial(RNG) for path, own in parts.items()}
    params["part.filters"]["b"] = RNG.standard_normal(part.outputs)
    states = {"part": state or part.zero_state(xs.shape[1])}
    shared = Computation(NumpyBackend.xp, {}, parts, params, states, {}, kept)
    return Run(shared, "")("part", xs, **options), params["part.filters"], kept.get("part")


@pytest.mark.parametrize(("width", "dilation"), [(1, 1), (2, 1), (3, 2), (2, 9)])
def test_each_output_is_the_sum_over_the_steps_that_it_sees(width, dilation):
    part = CausalConvolution(3, 4, width, dilation)
    ys, params, _ = run(part, XS)
    for t, y in enumerate(ys):
        seen = [(k, t - k * dilation) for k in range(width) if t >= k * dilation]
        expected = sum(XS[step] @ params["w"][k] for k, step in seen) + params["b"]
        np.testing.assert_allclose(y, expected, rtol=1e-12)


def test_it_remembers_as_many_inputs_as_it_sees_back():
    part = CausalConvolution(3, 4, 3, 2)
    _, _, (past,) = run(part, XS)
    np.testing.assert_array_equal(past.swapaxes(0, 1), XS[-4:])
    _, _, (short,) = run(part, XS[:3])
    np.testing.assert_array_equal(short.swapaxes(0, 1), [np.zeros((2, 3)), *XS[:3]])
    _, _, (both,) = run(part, XS, lengths=np.array([5, 2]))
    np.testing.assert_array_equal(both[0], XS[1:5, 0])
    np.testing.assert_array_equal(both[1], [*np.zeros((2, 3)), *XS[:2, 1]])


def test_one_that_sees_no_step_before_its_own_has_no_state():
    part = CausalConvolution(3, 4, 1)
    assert part.zero_state(2) == ()
    assert run(part, XS)[2] is None
