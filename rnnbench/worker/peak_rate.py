"""What a framework can reach at most on a device: the rate of its matrix product."""

from __future__ import annotations

import time
from functools import partial

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.measure.timer import sample
from rnnbench.schema.messages.peak_rate import Gemm, Gemmed
from rnnbench.schema.step_product import ProductShape

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
#: And of products of one shape, which are small and many in a run.
STEP_BLOCK = 0.03


class Product:
    """A matrix product ``A @ B`` on the backend's device.

    It is eager, at the backend's dtype.
    """

    def __init__(self, backend: Backend, shape: ProductShape) -> None:
        """Put two matrices on the device, and run the product once.

        Frameworks that compile for each shape do so then.

        Args:
            backend: what multiplies.
            shape: rows and columns of the first matrix, and columns of the second.
        """
        rows, inner, columns = self.shape = shape
        drawn = np.random.default_rng(0).standard_normal((ROWS, inner), np.float32)
        self._backend = backend
        sides = (rows, inner), (inner, columns)
        self._a, self._b = (backend.put(np.resize(drawn, side)) for side in sides)
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


class NumpyProduct(Product):
    """A matrix product by NumPy, into a place that is there: to call it costs next to nothing."""

    def __init__(self, dtype: str, shape: ProductShape) -> None:
        """Make the matrices, and run the product once."""
        rows, inner, columns = self.shape = shape
        left, right = np.ones((rows, inner), dtype), np.ones((inner, columns), dtype)
        out = np.empty((rows, columns), dtype)
        self._multiply = partial(np.matmul, left, right, out=out)
        self()

    def __call__(self) -> None:
        """Run it."""
        self._multiply()


def step_product(backend: Backend, shape: ProductShape) -> Product:
    """Return the faster of a backend's own product of a shape and, on a CPU, that of NumPy.

    What a step multiplies is so small that calling a framework may take longer. What the machine
    can do does not depend on that: every worker has NumPy.
    """
    own = Product(backend, shape)
    if backend.device != "cpu":
        return own
    return min(own, NumpyProduct(backend.dtype, shape), key=lambda one: one.seconds())


def measure(backend: Backend, request: Gemm) -> Gemmed:
    """Return samples of a matrix product of a backend, taken now.

    Rates of rows are divided by that of the product, so it is judged as rows are: by the samples
    that nobody has disturbed.

    Args:
        backend: what multiplies.
        request: how many samples, and of which product; to look for the best square one takes
            longer than to sample it.
    """
    block = BLOCK
    if request.shape:
        product, block = step_product(backend, request.shape), STEP_BLOCK
        seconds = product.seconds()  # small ones can be far off in the first call
    elif size := request.size:
        product = Product(backend, (size, size, size))
        seconds = product.seconds(tries=1)  # of so many calls a block is made, and nothing else
    else:
        product, seconds = best_product(backend)
    calls = max(1, round(block / seconds))
    blocks = [sample(product, product, calls) for _ in range(request.blocks)]
    return Gemmed(product.shape[0], blocks)


def best_product(backend: Backend) -> tuple[Product, float]:
    """Return the product with the most operations per second, and how long it takes.

    The matrices grow as :data:`SIZES` says until a product takes :data:`LONG_ENOUGH`.
    """
    found = []
    for size in SIZES:
        product = Product(backend, (size, size, size))
        seconds = product.seconds()
        found.append((seconds / size**3, product, seconds))
        if seconds >= LONG_ENOUGH:
            break
    _, product, seconds = min(found, key=lambda one: one[0])
    return product, seconds
