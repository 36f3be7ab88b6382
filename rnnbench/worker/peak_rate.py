"""What a framework can reach at most on a device: the rate of its matrix product."""

from __future__ import annotations

import time

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.measure.timer import sample
from rnnbench.schema.messages.peak_rate import Gemmed

#: The rows of the square matrices, until one product takes long enough.
SIZES = (256, 512, 1024, 2048, 4096, 8192)
#: Seconds of a product beside which calling it costs nothing, and where larger ones gain no more.
LONG_ENOUGH = 0.02
#: How often the product of each size is tried.
TRIES = 3
#: Rows of a matrix that are drawn; it takes longer to draw all of a large one than to multiply it.
ROWS = 64
#: Seconds of a block of products: as many as of a row's, so that they are judged alike.
BLOCK = 0.05


class Product:
    """A matrix product ``A @ B`` of two square matrices on the backend's device.

    It is eager, at the backend's dtype.
    """

    def __init__(self, backend: Backend, size: int) -> None:
        """Put two matrices on the device, and run the product once.

        Frameworks that compile for each shape do so then.

        Args:
            backend: what multiplies.
            size: rows and columns of the matrices.
        """
        drawn = np.random.default_rng(0).standard_normal((ROWS, size), np.float32)
        self.size = size
        self._backend = backend
        self._a, self._b = (backend.put(np.resize(drawn, (size, size))) for _ in range(2))
        self()

    def __call__(self) -> None:
        """Run it; a row of it is read to wait for it, since a GPU copies slowly."""
        with self._backend.scope():
            self._backend.numpy((self._a @ self._b)[0])

    def wait(self) -> None:
        """Do nothing: a call has waited already."""

    def seconds(self, tries: int = TRIES) -> float:
        """Return the shortest time of some tries."""
        return min(self._timed() for _ in range(tries))

    def _timed(self) -> float:
        start = time.perf_counter()
        self()
        return time.perf_counter() - start


def measure(backend: Backend, blocks: int, size: int | None = None) -> Gemmed:
    """Return so many samples of the best matrix product of a backend, taken now.

    Rates of rows are divided by that of the product, so it is judged as rows are: by the samples
    that nobody has disturbed.

    Args:
        backend: what multiplies.
        blocks: how many samples.
        size: rows and columns of the best product where it is known; to look for it takes longer
            than to sample it.
    """
    if size:
        product = Product(backend, size)
        seconds = product.seconds(tries=1)  # of so many calls a block is made, and nothing else
    else:
        product, seconds = best_product(backend)
    calls = max(1, round(BLOCK / seconds))
    return Gemmed(product.size, [sample(product, product, calls) for _ in range(blocks)])


def best_product(backend: Backend) -> tuple[Product, float]:
    """Return the product with the most operations per second, and how long it takes.

    The matrices grow as :data:`SIZES` says until a product takes :data:`LONG_ENOUGH`.
    """
    found = []
    for size in SIZES:
        product = Product(backend, size)
        seconds = product.seconds()
        found.append((seconds / size**3, product, seconds))
        if seconds >= LONG_ENOUGH:
            break
    _, product, seconds = min(found, key=lambda one: one[0])
    return product, seconds
