import os
from typing import ClassVar

from rnnbench.conformance import BackendConformance
from rnnbench_jax import INFO


class TestJax(BackendConformance):
    info: ClassVar = INFO
    thinned: ClassVar = "RNNBENCH_NIGHTLY" not in os.environ

    @classmethod
    def choices(cls) -> dict[str, list[str]]:
        """Leave out what is for GPUs, so that nothing is thinned in favour of it."""
        choices = super().choices()
        return choices | {"variant": [name for name in choices["variant"] if name != "cudnn"]}


class TestJaxOnGPU(BackendConformance):
    info: ClassVar = INFO
    device: ClassVar = "gpu:0"
