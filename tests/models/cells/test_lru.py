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
        ({"radius_max": 1.5}, "lru.radius_max is 1.5; it is a number above 0 and below 1"),
        ({"radius_min": -1.0}, "lru.radius_min is -1.0; it is a number of at least 0 and below 1"),
        ({"radius_min": 0.995}, "radius_min = 0.995 is above radius_max = 0.99"),
        ({"phase_max": 0.0}, "lru.phase_max is 0.0; it is a number above 0"),
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
