import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, log_expit, log_softmax

from rnnbench.models.training.losses import LOSSES
from rnnbench.oracle.differentiable_numpy import NumpyNamespace


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 100.0, 1e4]))
def test_cross_entropy_is_the_mean_log_probability(seed, scale):
    rng = np.random.default_rng(seed)
    logits, targets = scale * rng.standard_normal((3, 2, 5)), rng.integers(0, 5, (3, 2))
    chosen = np.take_along_axis(log_softmax(logits, -1), targets[..., None], -1)
    loss = LOSSES["cross-entropy"](NumpyNamespace(), logits, targets)
    assert loss == pytest.approx(-chosen.mean(), rel=1e-12)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1.0, 100.0, 1e4]))
def test_bernoulli_is_the_log_likelihood_of_a_step(seed, scale):
    rng = np.random.default_rng(seed)
    odds, targets = scale * rng.standard_normal((3, 2, 5)), rng.integers(0, 2, (3, 2, 5)) * 1.0
    each = np.where(targets > 0, log_expit(odds), log_expit(-odds))
    loss = LOSSES["bernoulli"](NumpyNamespace(), odds, targets)
    assert loss == pytest.approx(-each.sum(axis=-1).mean(), rel=1e-12)


def test_the_slope_of_bernoulli_is_the_chance_less_the_target():
    odds, targets = np.array([[-900.0, -2.0, 0.0, 3.0, 900.0]]), np.array([[1.0, 0, 1, 0, 1]])
    slope = grad(lambda y: LOSSES["bernoulli"](NumpyNamespace(), y, targets))(odds)
    np.testing.assert_allclose(slope, expit(odds) - targets, atol=1e-15)


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


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_losses_of_shares_add_up_even_where_one_has_nothing_that_counts(loss, padded):
    rng, xp = np.random.default_rng(0), NumpyNamespace()
    outputs, there = rng.standard_normal((4, 3, 5)), np.arange(4)[:, None] < [4, 0, 3]
    targets = rng.integers(0, 5, (4, 3)) if loss == "cross-entropy" else outputs[::-1]
    whole = LOSSES[loss](xp, outputs, targets, there if padded else None)
    parts = [
        LOSSES[loss](
            xp, outputs[:, k], targets[:, k], there[:, k] if padded else None, 7 if padded else 12
        )
        for k in (slice(0, 1), slice(1, 2), slice(2, 3))
    ]
    assert sum(parts) == pytest.approx(whole, rel=1e-14)
