"""The backend: the core's NumPy reference, with a hand-written recurrence beside the portable."""

from __future__ import annotations

from typing import ClassVar

import threadpoolctl

from rnnbench import BackendInfo, Layer, Recurrence
from rnnbench import NumpyBackend as Reference
from rnnbench_numpy import INFO
from rnnbench_numpy.recurrence import FusedRecurrence


class NumpyBackend(Reference):
    """NumPy on the CPU: ``fused`` and ``autograd``."""

    info: ClassVar[BackendInfo] = INFO

    @classmethod
    def versions(cls) -> dict[str, str]:
        """Return the versions of NumPy, ``autograd`` and every BLAS that is loaded."""
        pools = threadpoolctl.threadpool_info()
        blas = {
            p["internal_api"]: p["version"] or "unknown" for p in pools if p["user_api"] == "blas"
        }
        return super().versions() | blas

    def recurrence(self, layer: Layer, variant: str) -> Recurrence:
        """Return the hand-written recurrence for ``fused``, the loop over the cell otherwise."""
        if variant == "fused":
            return FusedRecurrence(layer, self.dtype)
        return super().recurrence(layer, variant)
