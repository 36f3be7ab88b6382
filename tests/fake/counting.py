"""Arrays that count the operations of their matrix products."""

import numpy as np
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vspaces import ArrayVSpace


class Counting(np.ndarray):
    """An array whose products, and those of what is computed from it, are counted for all."""

    flops = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        inputs = [plain(array) for array in inputs]
        if out:
            options["out"] = tuple(plain(array) for array in out)
        result = getattr(ufunc, method)(*inputs, **options)
        if ufunc is np.matmul:
            Counting.flops += 2 * inputs[0].shape[-1] * result.size
        return result.view(Counting) if isinstance(result, np.ndarray) else result


class CountingSpace(ArrayVSpace):
    """Gradients begin as such arrays too."""

    def zeros(self):
        return super().zeros().view(Counting)


ArrayBox.register(Counting)
CountingSpace.register(Counting)


def plain(array):
    return array.view(np.ndarray) if isinstance(array, Counting) else array


def counted(function, *arguments):
    """Call, and return the operations of the products alone."""
    before = Counting.flops
    function(*arguments)
    return Counting.flops - before
