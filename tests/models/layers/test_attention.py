import numpy as np
import pytest

from rnnbench import NumpyBackend, Run
from rnnbench.models.layers.attention import DotProductAttention, SelfAttention, softmax
from rnnbench.models.network_part import Computation, by_path

RNG = np.random.default_rng(0)


def run(part, *arrays, state=()):
    """Return what the part computes, and its parameters."""
    parts = dict(by_path({"part": part}))
    params = {path: own.initial(RNG) for path, own in parts.items()}
    shared = Computation(NumpyBackend.xp, {}, parts, params, {"part": state}, {}, {})
    return Run(shared, "")("part", *arrays), params


def test_values_are_mixed_by_what_their_keys_have_of_the_query():
    queries, keys, values = (RNG.standard_normal((1, 1, n, 4)) for n in (2, 3, 3))
    seen = np.array([[True, False, True], [True, True, True]])[None, None]
    mixed, _ = run(DotProductAttention(), queries, keys, values, seen)
    for t in range(2):
        there = seen[0, 0, t]
        weights = np.exp(queries[0, 0, t] @ keys[0, 0, there].T / 2)
        expected = weights @ values[0, 0, there] / weights.sum()
        np.testing.assert_allclose(mixed[0, 0, t], expected, rtol=1e-12)


def test_heads_are_attentions_of_some_columns_each():
    xs = RNG.standard_normal((3, 2, 6))
    ys, params = run(SelfAttention(6, 2), xs)
    heads = []
    for columns in (slice(0, 3), slice(3, 6)):
        names = ("queries", "keys", "values")
        each = [xs @ params[f"part.{name}"]["w"][:, columns] for name in names]
        mixed, _ = run(DotProductAttention(), *(one.swapaxes(0, 1)[:, None] for one in each))
        heads.append(mixed[:, 0].swapaxes(0, 1))
    expected = np.concatenate(heads, axis=-1) @ params["part.output"]["w"]
    np.testing.assert_allclose(ys, expected, rtol=1e-12)


@pytest.mark.parametrize("axis", [0, 1])
def test_what_is_not_seen_has_no_weight(axis):
    scores = RNG.standard_normal((3, 3))
    seen = np.array([[True, True, True], [True, False, True], [False, True, True]])
    weights = softmax(NumpyBackend.xp, scores, seen, axis)
    assert not weights[~seen].any()
    np.testing.assert_allclose(weights.sum(axis), 1)
