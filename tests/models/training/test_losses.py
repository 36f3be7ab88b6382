import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax

from rnnbench.models.training.losses import LOSSES
from rnnbench.oracle.namespace import NumpyNamespace


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 100.0, 1e4]))
def test_cross_entropy_is_the_mean_log_probability(seed, scale):
    rng = np.random.default_rng(seed)
    logits, targets = scale * rng.standard_normal((3, 2, 5)), rng.integers(0, 5, (3, 2))
    chosen = np.take_along_axis(log_softmax(logits, -1), targets[..., None], -1)
    loss = LOSSES["cross-entropy"](NumpyNamespace(), logits, targets)
    assert loss == pytest.approx(-chosen.mean(), rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_padding_counts_for_nothing(loss):
    rng = np.random.default_rng(0)
    outputs, there = rng.standard_normal((4, 3, 5)), np.arange(4)[:, None] < [4, 1, 3]
    targets = rng.integers(0, 5, (4, 3)) if loss == "cross-entropy" else outputs[::-1]
    alone = LOSSES[loss](NumpyNamespace(), outputs[there], targets[there])
    ours = LOSSES[loss](NumpyNamespace(), outputs, targets, there)
    assert ours == pytest.approx(alone, rel=1e-14)
    garbage = np.where(there[..., None], outputs, 1e6)
    assert LOSSES[loss](NumpyNamespace(), garbage, targets, there) == ours
