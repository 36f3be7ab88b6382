"""Gradients on their way back: what is exact by the mathematics, and what is made of it."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from rnnbench.errors import PluginError
from rnnbench.introspection.flow import Setting
from rnnbench.introspection.gradient_flow import geometric, measure, radii_of, slope, verdict
from rnnbench.introspection.tracing import at_rest, bound, drawn, trace
from rnnbench.measure.estimates import Estimate
from rnnbench.models.cell import Cell
from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.cells.linear.lru import LRU
from rnnbench.models.cells.linear.minlstm import MinLSTM
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.models.cells.simple.indrnn import IndRNN
from rnnbench.models.cells.simple.jordan import Jordan
from rnnbench.oracle.differentiable_numpy import NumpyNamespace

SETTING = Setting(length=12, hidden=6, inputs=3, batch=2, scale=1.0, seeds=3)
#: The largest deviation from what is exact, in float64.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Linear(Cell):
    """h' = x W_x + h W_h + b."""

    name: ClassVar[str] = "linear"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    def step(self, xp, p, x, state):
        return (x @ p["w_x"][0] + state[0] @ p["w_h"][0] + p["b"][0],)


def norms(cell, params, seed=0):
    return trace(cell, params, SETTING, seed).parts


def test_a_linear_cell_takes_powers_of_its_matrix():
    matrix = np.random.default_rng(5).standard_normal((6, 6))
    params = drawn(Linear(), None, SETTING, 0) | {"w_h": matrix[None]}
    direction = last_direction()
    powers = [np.linalg.matrix_power(matrix, k) for k in range(SETTING.length + 1)]
    exact = [np.linalg.norm(direction @ power.T) for power in powers]
    np.testing.assert_allclose(norms(Linear(), params)[0], exact, rtol=ROUNDING)


def last_direction():
    """Return the direction of the loss: what a drawing of the inputs leaves of the generator."""
    rng = np.random.default_rng([0, 1])
    rng.normal(0, 1, (SETTING.length, SETTING.batch, SETTING.inputs))
    direction = rng.standard_normal((SETTING.batch, SETTING.hidden))
    return direction / np.linalg.norm(direction)


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.5])
def test_its_rate_is_the_spectral_radius_of_an_orthogonal_matrix(radius):
    found = measure(Linear(), {}, radius, SETTING, "here")
    assert found.rate.value == pytest.approx(radius, rel=1e-9)
    np.testing.assert_allclose(found.norm, radius ** np.arange(13.0), rtol=1e-9)


def test_a_radius_is_that_of_each_gate():
    matrices = drawn(LSTM(), 1.3, SETTING, 0)["w_h"]
    radii = np.abs(np.linalg.eigvals(matrices)).max(axis=-1)
    np.testing.assert_allclose(radii, 1.3)


def test_an_lstm_that_forgets_nothing_hands_its_gradient_on_unchanged():
    params = drawn(LSTM(), 1.0, SETTING, 0)
    params["b"][0], params["b"][1] = -1e3, 1e3  # i = 0 and f = 1
    h, c = norms(LSTM(), params)
    assert c[0] == 0  # the last output has been read
    np.testing.assert_allclose(c[1:], c[1], rtol=ROUNDING)
    assert not h[2:].any()  # nothing that h says reaches c


def test_no_gradient_of_an_elman_net_exceeds_its_bound():
    for radius in (0.6, 1.4):
        params = drawn(Elman(), radius, SETTING, 1)
        (found,) = norms(Elman(), params, seed=1)
        assert bound(Elman(), params) == pytest.approx(radius)
        assert (found[1:] <= radius * found[:-1] * (1 + ROUNDING)).all()


def test_no_gradient_of_an_indrnn_exceeds_its_bound():
    params = IndRNN().initial(np.random.default_rng(2), 3, 6)
    (found,) = norms(IndRNN(), params)
    assert bound(IndRNN(), params) == np.abs(params["u"]).max()
    assert (found[1:] <= bound(IndRNN(), params) * found[:-1] * (1 + ROUNDING)).all()


def test_rates_at_rest_are_those_of_the_equations():
    radius = 0.8
    gru = drawn(GRU(), radius, SETTING, 0)
    own = np.linalg.eigvals(gru["w_h"][2])
    assert at_rest(GRU(), gru, SETTING) == pytest.approx(np.abs(0.5 + own / 4).max())
    lstm = drawn(LSTM(forget_bias=2.0), radius, SETTING, 0)
    own = np.linalg.eigvals(lstm["w_h"][2])
    expected = np.abs(1 / (1 + math.exp(-2)) + own / 4).max()
    assert at_rest(LSTM(forget_bias=2.0), lstm, SETTING) == pytest.approx(expected)
    elman = drawn(Elman(), radius, SETTING, 0)
    assert at_rest(Elman(), elman, SETTING) == pytest.approx(radius)


def test_a_gradient_is_the_slope_of_the_loss():
    """By central differences of the direction's product with the last output."""
    cell, params, delta = LSTM(), drawn(LSTM(), 1.0, SETTING, 0), 1e-6
    rng = np.random.default_rng([0, 1])
    xs = rng.normal(0, 1, (SETTING.length, SETTING.batch, SETTING.inputs))
    direction = last_direction()

    def loss(h):
        state = (h, np.zeros_like(h))
        for x in xs:
            state = cell.step(NumpyNamespace(), params, x, state)
        return float((state[0] * direction).sum())

    found = np.zeros((SETTING.batch, SETTING.hidden))
    for place in np.ndindex(found.shape):
        step = np.zeros_like(found)
        step[place] = delta
        found[place] = (loss(step) - loss(-step)) / (2 * delta)
    assert norms(cell, params)[0][-1] == pytest.approx(np.linalg.norm(found), rel=1e-6)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(Elman(), [0.5, 1.0]), (LSTM(), [0.5, 1.0])]
    + [(cell, [None]) for cell in (Jordan(), LRU(), MinLSTM())],
    ids=lambda one: getattr(one, "name", ""),
)
def test_radii_are_those_of_cells_whose_h_goes_through_matrices(cell, expected):
    assert list(radii_of(cell, [0.5, 1.0])) == expected


def test_a_cell_without_a_matrix_is_measured_as_it_is_drawn():
    found = measure(LRU(), {}, None, SETTING, "here")
    assert (found.radius, found.bound) == (None, None)
    assert list(found.parts) == ["re", "im"]
    assert found.verdict == "vanishes"


def test_what_explodes_beyond_float64_is_unknown():
    found = measure(Linear(), {}, 1e60, SETTING, "here")
    assert found.norm[1] == pytest.approx(1e60)
    assert found.norm[-1] is None
    assert found.verdict == "explodes"


def test_norms_whose_squares_are_beyond_float64_are_known():
    for radius in (1e-20, 1e20):
        found = measure(Linear(), {}, radius, SETTING, "here")
        assert math.log10(found.norm[-1]) == pytest.approx(math.log10(radius) * 12, rel=0.1)


def test_where_the_gradients_of_some_seeds_are_zero_there_is_no_verdict():
    assert geometric(np.array([0.0, 1e47, 1e-3])) is None
    assert verdict(Estimate(1e-5, 1e-18, 1e9), None, 500) == "uncertain"


def test_what_stops_at_once_vanishes():
    deaf = Elman(activation="relu")
    params = drawn(deaf, 1.0, SETTING, 0)
    params["b"] -= 1e3
    assert not norms(deaf, params)[0][1:].any()
    assert verdict(None, Estimate(0.0), 10) == "vanishes"


def test_a_cell_that_raises_is_named():
    class Broken(Linear):
        def step(self, xp, p, x, state):
            raise ValueError("no")

    with pytest.raises(PluginError, match="cell 'linear' of here: a step of it raises ValueError"):
        measure(Broken(), {}, 1.0, SETTING, "here")


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Estimate(0.9, 0.89, 0.91), "vanishes"),
        (Estimate(1.1, 1.09, 1.11), "explodes"),
        (Estimate(1.0, 0.999, 1.001), "stays"),
        (Estimate(1.0, 0.9, 1.1), "uncertain"),
        (None, "uncertain"),
    ],
)
def test_a_verdict_is_of_the_whole_interval_over_the_whole_length(rate, expected):
    assert verdict(rate, Estimate(1.0), 100) == expected


def test_clipping_bounds_the_gradient_and_leaves_its_course():
    one, hundred = (
        measure(
            Elman(), {}, 1.0, Setting(length=12, hidden=6, inputs=3, seeds=3, clip=clip), "here"
        )
        for clip in (0.1, 100.0)
    )
    assert one.clipped_by * one.gradient.value == pytest.approx(0.1)
    assert hundred.clipped_by == 1.0
    assert one.norm == hundred.norm


def test_a_slope_is_that_of_the_logarithm():
    assert math.exp(slope(0.5 ** np.arange(6.0))) == pytest.approx(0.5)
    assert math.exp(slope(np.array([1.0, 0.5, 0.25, 0.0, 0.0]))) == pytest.approx(0.5)
    assert math.isnan(slope(np.array([1.0, 0.5, 0.0])))


def test_a_geometric_mean_has_the_interval_of_its_logarithms():
    found = geometric(np.array([1.0, 4.0, 2.0]))
    assert found.value == pytest.approx(2.0)
    assert found.high / found.value == pytest.approx(found.value / found.low)
    assert found.high == pytest.approx(2 * math.exp(4.302652729749462 * math.log(2) / 3**0.5))
    assert geometric(np.array([1.0, math.inf])) is None
    assert geometric(np.array([1.0, 0.0])) is None  # the seeds differ beyond any mean
    assert geometric(np.array([0.0, 0.0])) == Estimate(0.0)
