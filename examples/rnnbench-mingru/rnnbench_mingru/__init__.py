"""minGRU for rnnbench: the cell and a kernel for JAX. Importing it imports no framework."""

from __future__ import annotations

from rnnbench import Cell, KernelInfo, hookimpl
from rnnbench_mingru.cell import MinGRU

PARALLEL = KernelInfo(
    backend="jax",
    variant="parallel",
    cells=("mingru",),
    target="rnnbench_mingru.parallel:ParallelRecurrence",
    about="minGRU over all time steps at once, by lax.associative_scan",
)


@hookimpl
def rnnbench_cells() -> tuple[type[Cell], ...]:
    """Return minGRU."""
    return (MinGRU,)


@hookimpl
def rnnbench_kernels() -> tuple[KernelInfo, ...]:
    """Return the variant ``jax:parallel``."""
    return (PARALLEL,)
