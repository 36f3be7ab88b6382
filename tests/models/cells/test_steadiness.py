"""What keeps two cells steady in training: the ring of the LRU, the forget gate of the mLSTM."""

import numpy as np
import pytest

from rnnbench import NumpyNamespace
from rnnbench.models.cells.gated.mlstm import MLSTM
from rnnbench.models.cells.linear.lru import LRU

XP = NumpyNamespace()


@pytest.mark.parametrize("phase", [0.3, 6.0])
def test_an_lru_begins_in_its_ring_normalized(phase):
    cell = LRU(radius_min=0.4, radius_max=0.9, phase_max=phase)
    params = cell.initial(np.random.default_rng(0), 3, 400)
    (real, imaginary), _ = cell.linear(XP, params, np.zeros((1, 3)))
    factors = real + 1j * imaginary
    radii, phases = np.abs(factors), np.angle(factors) % (2 * np.pi)
    assert 0.4 < radii.min() < 0.45
    assert 0.88 < radii.max() < 0.9
    assert 0 < phases.min() < 0.05 * phase
    assert 0.95 * phase < phases.max() < phase
    np.testing.assert_allclose(np.exp(params["gamma"]) ** 2, 1 - radii**2)


def test_the_normalization_of_an_lru_is_learnt_as_a_logarithm():
    cell = LRU()
    params = cell.initial(np.random.default_rng(0), 3, 4)
    x = np.ones((1, 3))
    _, (before, _) = cell.linear(XP, params, x)
    _, (after, _) = cell.linear(XP, params | {"gamma": params["gamma"] + 1}, x)
    np.testing.assert_allclose(after, np.e * before)


@pytest.mark.parametrize(("forget", "bounded"), [("sigmoid", True), ("exp", False)])
def test_the_memory_of_an_mlstm_grows_only_with_an_exponential_forget_gate(forget, bounded):
    """m is the logarithm of the largest weight in the memory; the input gate alone bounds it."""
    cell, rng = MLSTM(forget), np.random.default_rng(0)
    params = cell.initial(rng, 3, 4)
    params["b_g"][1] = 1.0  # of f
    state, inputs = cell.zero_state(2, 4), rng.standard_normal((50, 2, 3))
    largest = max(float((x @ params["w_g"][0]).max()) for x in inputs)
    for x in inputs:
        state = cell.step(XP, params, x, state)
    assert (float(state[3].max()) <= max(largest, 0.0)) == bounded
