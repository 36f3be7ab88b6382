"""The promises every backend keeps."""

from rnnbench.conformance import BackendConformance
from rnnbench_numpy import INFO


class TestNumpy(BackendConformance):
    info = INFO
