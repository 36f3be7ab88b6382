from typing import ClassVar

from rnnbench.conformance import BackendConformance
from rnnbench_jax import INFO


class TestJax(BackendConformance):
    info: ClassVar = INFO


class TestJaxOnGPU(BackendConformance):
    info: ClassVar = INFO
    device: ClassVar = "gpu:0"
