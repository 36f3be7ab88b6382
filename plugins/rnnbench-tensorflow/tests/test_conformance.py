import os

from rnnbench.conformance import BackendConformance
from rnnbench_tensorflow import INFO


class TestCPU(BackendConformance):
    info = INFO
    thinned = "RNNBENCH_NIGHTLY" not in os.environ


class TestGPU(BackendConformance):
    info = INFO
    device = "gpu:0"
