"""One C++ kernel as the variant ``native`` of four backends. Importing it imports no framework."""

from __future__ import annotations

from rnnbench import KernelInfo, hookimpl

CELLS = ("elman", "lstm", "gru")


def _info(backend: str, how: str) -> KernelInfo:
    return KernelInfo(
        backend=backend,
        variant="native",
        cells=CELLS,
        target=f"rnnbench_native.{backend}_recurrence:recurrence",
        about=f"the C++ kernel of rnnbench-native, which all frameworks share; {how}",
    )


@hookimpl
def rnnbench_kernels() -> tuple[KernelInfo, ...]:
    """Return ``numpy:native``, ``torch:native``, ``tensorflow:native`` and ``jax:native``."""
    return (
        _info("numpy", "called through ctypes"),
        _info("torch", "an autograd.Function"),
        _info("tensorflow", "a custom operation"),
        _info("jax", "an XLA custom call"),
    )
