from rnnbench.conformance import BackendConformance
from rnnbench_tensorflow import INFO


class TestCPU(BackendConformance):
    info = INFO


class TestGPU(BackendConformance):
    info = INFO
    device = "gpu:0"
