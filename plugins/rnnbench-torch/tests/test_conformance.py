"""The core's promises, kept by PyTorch on the CPU and, where there is one, on a GPU."""

from __future__ import annotations

import os

from rnnbench.conformance import BackendConformance
from rnnbench_torch import INFO


class TestTorch(BackendConformance):
    info = INFO
    thinned = "RNNBENCH_NIGHTLY" not in os.environ


class TestTorchGPU(BackendConformance):
    info = INFO
    device = "gpu:0"
