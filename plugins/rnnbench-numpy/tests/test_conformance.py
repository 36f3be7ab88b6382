"""The promises every backend keeps."""

from rnnbench_numpy import INFO

from rnnbench.conformance import BackendConformance


class TestNumpy(BackendConformance):
    info = INFO
