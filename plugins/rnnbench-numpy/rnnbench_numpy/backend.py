"""The backend: the core's NumPy reference, with a hand-written recurrence beside the portable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import threadpoolctl

from rnnbench import BackendInfo, Kernel, Layer, LinearCell, Part, Problem, Profile
from rnnbench import NumpyBackend as Reference
from rnnbench_numpy import INFO, profiler
from rnnbench_numpy.linear import LinearRecurrence
from rnnbench_numpy.own_net import OwnFunctions
from rnnbench_numpy.recurrence import FusedRecurrence, kernel_for


class NumpyBackend(Reference):
    """NumPy on the CPU: ``fused``, ``parallel`` and ``autograd``."""

    info: ClassVar[BackendInfo] = INFO
    FALLBACK: ClassVar[Mapping[str, str]] = {"fused": "autograd", "parallel": "autograd"}

    @classmethod
    def versions(cls) -> dict[str, str]:
        """Return the versions of NumPy, ``autograd`` and the BLAS that NumPy computes with."""
        return super().versions() | blas_of(threadpoolctl.threadpool_info())

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

    def profile(self, work: Callable[[], None]) -> Profile:
        """Look at calls of Python, see :mod:`rnnbench_numpy.profiler`."""
        return profiler.profile(work)

    def own_net(self, factory: Callable[..., Any], problem: Problem) -> OwnFunctions:
        """Return a user's functions."""
        return OwnFunctions(factory, problem, self.put)


def blas_of(pools: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the version of NumPy's BLAS by its name.

    SciPy may have loaded one of its own, and which of the two is listed first is left to chance;
    where NumPy brings none, those of the system that are loaded are named.

    Args:
        pools: what :func:`threadpoolctl.threadpool_info` tells.
    """
    root = Path(np.__file__).parent
    folders = (root, root.with_name("numpy.libs"))
    found = [pool for pool in pools if pool["user_api"] == "blas"]
    own = [p for p in found if any(Path(p["filepath"]).is_relative_to(f) for f in folders)]
    told = sorted((p["internal_api"], p["version"] or "unknown") for p in own or found)
    return dict(told)
