"""The backend: the core's NumPy reference, with a hand-written recurrence beside the portable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import threadpoolctl

from rnnbench import BackendInfo, Kernel, Layer, LinearCell, Part
from rnnbench import NumpyBackend as Reference
from rnnbench_numpy import INFO
from rnnbench_numpy.linear import LinearRecurrence
from rnnbench_numpy.recurrence import FusedRecurrence, kernel_for


class NumpyBackend(Reference):
    """NumPy on the CPU: ``fused``, ``parallel`` and ``autograd``."""

    info: ClassVar[BackendInfo] = INFO
    FALLBACK: ClassVar[Mapping[str, str]] = {"fused": "autograd", "parallel": "autograd"}

    @classmethod
    def versions(cls) -> dict[str, str]:
        """Return the versions of NumPy, ``autograd`` and every BLAS that is loaded."""
        pools = threadpoolctl.threadpool_info()
        blas = {
            p["internal_api"]: p["version"] or "unknown" for p in pools if p["user_api"] == "blas"
        }
        return super().versions() | blas

    def kernel(self, part: Part, variant: str) -> Kernel | None:
        """Return a hand-written recurrence, or the loop over the cell for ``autograd``."""
        if variant == "autograd" or not isinstance(part, Layer):
            return super().kernel(part, variant)
        if variant == "parallel":
            if not isinstance(part.cell, LinearCell):
                return None
            return LinearRecurrence(part.cell, self.xp, self.put)
        kernel = kernel_for(part.cell)
        return FusedRecurrence(part, kernel, self.dtype) if kernel else None
