"""`numpy:fused` in the harness against a bare loop, and composed networks against their parts."""

from benchmarks.paired import composed, fidelity, forms, kinds, two_shapes
from rnnbench_numpy.backend import NumpyBackend


@two_shapes
@kinds
def test_fidelity(benchmark, shape, kind, rounds):
    fidelity(benchmark, NumpyBackend(), shape, "fused", kind, rounds)


@two_shapes
@forms
def test_composed(benchmark, shape, form, rounds):
    composed(benchmark, NumpyBackend(), shape, "fused", form, rounds)
