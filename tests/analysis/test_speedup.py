"""What several devices bring, of times that are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.analysis.speedup import serial_share


@given(st.floats(0, 1), st.sampled_from([[1, 2], [1, 2, 4], [2, 3, 8]]), st.floats(0.01, 1e4))
def test_the_serial_share_of_times_that_obey_the_law_is_found(share, devices, one):
    found = serial_share(devices, [one * (share + (1 - share) / n) for n in devices])
    assert found.value == pytest.approx(share, abs=1e-4)
    assert (found.low is None) == (len(devices) == 2)
    if found.low is not None:
        assert found.low <= found.value <= found.high


def test_the_interval_is_as_wide_as_times_scatter():
    calm = serial_share([1, 2, 4, 8], [100.0, 60.1, 39.9, 30.0])
    rough = serial_share([1, 2, 4, 8], [100.0, 66.0, 36.0, 32.0])
    assert calm.high - calm.low < 0.1 < rough.high - rough.low
    assert calm.low < 0.2 < calm.high


def test_what_several_devices_slow_down_has_no_parallel_share():
    found = serial_share([1, 2, 4], [10.0, 12.0, 15.0])
    assert (found.value, found.low, found.high) == (1.0, None, None)
