"""Thread pools and CPU affinity, set alike for every worker and read back."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager

import threadpoolctl

#: The variables that thread pools read when they start.
VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def environment(threads: int) -> dict[str, str]:
    """Return the environment variables that limit a worker's thread pools."""
    return {name: str(threads) for name in VARIABLES} | {"TF_NUM_INTEROP_THREADS": "1"}


def available() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def told() -> int:
    """Return how many threads the pools of this process were told to have; else all its CPUs."""
    value = os.environ.get(VARIABLES[0], "")
    return min(available(), int(value) if value.isdecimal() and int(value) else available())


def pin(threads: int) -> tuple[int, ...] | None:
    """Bind this process to the first ``threads`` of its CPUs, for pools that follow affinity.

    Returns:
        The CPUs that hold now, or None where the system has no affinity.

    Raises:
        OSError: saying which CPUs the system refuses.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    cpus = sorted(os.sched_getaffinity(0))[:threads]
    try:
        os.sched_setaffinity(0, cpus)
    except OSError as error:
        asked = ", ".join(map(str, cpus))
        why = error.strerror or error
        raise OSError(f"the system refuses to bind to CPUs {asked}: {why}") from None
    return tuple(sorted(os.sched_getaffinity(0)))


def limit_threads(threads: int) -> int | None:
    """Limit the BLAS and OpenMP pools that are loaded; return the largest size read back."""
    threadpoolctl.threadpool_limits(threads)
    pools = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
    return max(pools) if pools else None


def one_blas_thread(
    pools: threadpoolctl.ThreadpoolController | None = None,
) -> AbstractContextManager[object]:
    """Have BLAS compute with a single thread within a ``with`` block.

    Any other that has computed spins for a tenth of a second, which takes a CPU from what is timed
    next, or from a worker beside this one.

    Args:
        pools: the libraries of this process, where they are known: to look for them takes a while.
    """
    found = pools or threadpoolctl.ThreadpoolController()
    return found.limit(limits=1, user_api="blas")  # type: ignore[no-any-return]
