"""`numpy:fused` in the harness against a bare loop."""

from benchmarks.paired import fidelity, two_shapes
from rnnbench_numpy.backend import NumpyBackend


@two_shapes
def test_fidelity(benchmark, shape, rounds):
    fidelity(benchmark, NumpyBackend(), shape, "fused", rounds)
