"""What a framework can reach at most on a device: the rate of its matrix product."""

from __future__ import annotations

import time

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.models.namespace import Array

#: The rows of the square matrices, until one product takes long enough.
SIZES = (256, 512, 1024, 2048, 4096, 8192)
#: Seconds of a product beside which calling it costs nothing, and where larger ones gain no more.
LONG_ENOUGH = 0.02
#: How often each product is timed.
REPEATS = 5


def best_rate(backend: Backend) -> float:
    """Return the best rate of ``A @ B`` with square matrices on the backend's device, in GFLOP/s.

    The products are eager, at the backend's dtype, of ``2 n³`` operations, n growing as
    :data:`SIZES` says until the fastest takes :data:`LONG_ENOUGH`. The rates of rows are divided by
    this one, so it is the best seen and not the typical: it stands for what the machine can do, and
    whatever disturbs it, or is too small to be fast, only lowers it.
    """
    rng = np.random.default_rng(0)
    best = 0.0
    for n in SIZES:
        a, b = (backend.put(rng.standard_normal((n, n), np.float32)) for _ in range(2))
        _seconds(backend, a, b)  # compiled here, where the framework compiles for each shape
        fastest = min(_seconds(backend, a, b) for _ in range(REPEATS))
        best = max(best, 2 * n**3 / fastest / 1e9)
        if fastest >= LONG_ENOUGH:
            break
    return best


def _seconds(backend: Backend, a: Array, b: Array) -> float:
    """Time one product; a row of it is read to wait for it, since a GPU copies slowly."""
    start = time.perf_counter()
    with backend.scope():
        backend.numpy((a @ b)[0])
    return time.perf_counter() - start
