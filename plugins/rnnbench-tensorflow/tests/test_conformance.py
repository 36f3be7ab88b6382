import os

from rnnbench.conformance import BackendConformance
from rnnbench_tensorflow import INFO

NIGHTLY = "RNNBENCH_NIGHTLY" in os.environ


class TestCPU(BackendConformance):
    info = INFO
    thinned = not NIGHTLY

    @classmethod
    def choices(cls):
        """XLA takes most of the time: what it makes of a whole program is shown by `fused` alone.

        That `xla` is `graph` under the same compiler is shown by tests/test_fused.py.
        """
        choices = super().choices()
        left_out = set() if NIGHTLY else {"xla"}
        return choices | {"variant": [v for v in choices["variant"] if v not in left_out]}


class TestGPU(BackendConformance):
    info = INFO
    device = "gpu:0"
