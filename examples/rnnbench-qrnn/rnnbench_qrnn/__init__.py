"""The QRNN for rnnbench: the cell and a kernel for JAX. Importing it imports no framework."""

from __future__ import annotations

from rnnbench import Cell, KernelInfo, hookimpl
from rnnbench_qrnn.cell import QRNN

POOLING = KernelInfo(
    backend="jax",
    variant="pooling",
    cells=("qrnn",),
    target="rnnbench_qrnn.pooling:PoolingRecurrence",
    about="the QRNN over all time steps at once, by lax.associative_scan",
)


@hookimpl
def rnnbench_cells() -> tuple[type[Cell], ...]:
    """Return the QRNN."""
    return (QRNN,)


@hookimpl
def rnnbench_kernels() -> tuple[KernelInfo, ...]:
    """Return the variant ``jax:pooling``."""
    return (POOLING,)
