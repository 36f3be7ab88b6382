"""The ring that λ is drawn from: as the options say, and inside the unit circle."""

import numpy as np
import pytest

from rnnbench.errors import UsageError
from rnnbench.models.cells.linear.lru import LRU
from rnnbench.plan.comparisons.build import configured
from rnnbench.plugins.registry import Registry


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"radius_max": 1.5}, "lru: its ring lies inside the unit circle, .*: not from 0.5 to 1.5"),
        ({"radius_min": -1.0}, "not from -1 to 0.99"),
        ({"radius_min": 0.995}, "not from 0.995 to 0.99"),
        ({"radius_min": 0.0, "radius_max": 0.0}, "not from 0 to 0"),
        ({"phase_max": 0.0}, "lru: phase_max is above 0, not 0"),
    ],
)
def test_a_ring_that_is_none_is_refused(options, told):
    with pytest.raises(UsageError, match=told):
        configured("cell", "lru", Registry.of(), options)


def test_it_is_drawn_from_its_ring():
    cell = LRU(radius_min=0.6, radius_max=0.7, phase_max=0.1)
    params = cell.initial(np.random.default_rng(0), 3, 200)
    size, phase = np.exp(-np.exp(params["nu"])), np.exp(params["theta"])
    assert ((size > 0.6) & (size < 0.7)).all()
    assert (phase < 0.1).all()
    assert np.allclose(np.exp(params["gamma"]) ** 2, 1 - size**2)
