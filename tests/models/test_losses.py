import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax

from rnnbench.models.losses import LOSSES
from rnnbench.oracle.namespace import NumpyNamespace


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 100.0, 1e4]))
def test_cross_entropy_is_the_mean_log_probability(seed, scale):
    rng = np.random.default_rng(seed)
    logits, targets = scale * rng.standard_normal((3, 2, 5)), rng.integers(0, 5, (3, 2))
    chosen = np.take_along_axis(log_softmax(logits, -1), targets[..., None], -1)
    loss = LOSSES["cross-entropy"](NumpyNamespace(), logits, targets)
    assert loss == pytest.approx(-chosen.mean(), rel=1e-12)
