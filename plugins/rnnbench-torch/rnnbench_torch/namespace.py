"""The core's list of array functions, each of them PyTorch's own wherever there is one."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from rnnbench import Derived


class TorchNamespace(Derived):
    """:class:`~rnnbench.models.arrays.array_functions.Namespace` on tensors.

    PyTorch's functions take ``axis`` and ``keepdims`` beside their own ``dim`` and ``keepdim``.
    """

    abs = staticmethod(torch.abs)
    broadcast_to = staticmethod(torch.broadcast_to)
    concat = staticmethod(torch.concat)
    cos = staticmethod(torch.cos)
    exp = staticmethod(torch.exp)
    expand_dims = staticmethod(torch.unsqueeze)
    log = staticmethod(torch.log)
    log1p = staticmethod(torch.log1p)
    matmul = staticmethod(torch.matmul)
    maximum = staticmethod(torch.maximum)
    mean = staticmethod(torch.mean)
    minimum = staticmethod(torch.minimum)
    ones_like = staticmethod(torch.ones_like)
    permute_dims = staticmethod(torch.permute)
    relu = staticmethod(torch.relu)
    reshape = staticmethod(torch.reshape)
    sigmoid = staticmethod(torch.sigmoid)
    sign = staticmethod(torch.sign)
    sin = staticmethod(torch.sin)
    sqrt = staticmethod(torch.sqrt)
    square = staticmethod(torch.square)
    squeeze = staticmethod(torch.squeeze)
    stack = staticmethod(torch.stack)
    stop_gradient = staticmethod(torch.detach)
    sum = staticmethod(torch.sum)
    take_along_axis = staticmethod(torch.take_along_dim)
    tanh = staticmethod(torch.tanh)
    unstack = staticmethod(torch.unbind)
    where = staticmethod(torch.where)
    zeros_like = staticmethod(torch.zeros_like)

    @staticmethod
    def arange(stop: int, like: Tensor) -> Tensor:
        """Numbers on the device of ``like``."""
        return torch.arange(stop, dtype=like.dtype, device=like.device)

    @staticmethod
    def flip(x: Tensor, axis: int) -> Tensor:
        """Reverse along one axis; PyTorch wants a list of them."""
        return torch.flip(x, (axis,))

    @staticmethod
    def gelu(x: Tensor) -> Tensor:
        """The form with tanh; PyTorch's default is the one with erf."""
        return functional.gelu(x, approximate="tanh")

    @staticmethod
    def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, epsilon: float = 1e-5) -> Tensor:
        """Over the last axis; PyTorch wants its length."""
        return functional.layer_norm(x, x.shape[-1:], gain, bias, epsilon)

    @staticmethod
    def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
        """PyTorch has no default axis here."""
        return torch.log_softmax(x, axis)

    @staticmethod
    def max(x: Tensor, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """The largest entry; ``torch.max`` along an axis would return its index as well."""
        return torch.amax(x, () if axis is None else axis, keepdims)

    @staticmethod
    def one_hot(indices: Tensor, classes: int, like: Tensor) -> Tensor:
        """Write ones into zeros; ``F.one_hot`` makes integers first and waits for a GPU."""
        zeros = like.new_zeros((*indices.shape, classes))
        return zeros.scatter_(-1, indices.unsqueeze(-1), 1.0)

    @staticmethod
    def softmax(x: Tensor, axis: int = -1) -> Tensor:
        """PyTorch has no default axis here."""
        return torch.softmax(x, axis)

    @staticmethod
    def take(x: Tensor, indices: Tensor, axis: int = 0) -> Tensor:
        """Select along ``axis``; ``torch.take`` would flatten ``x``."""
        picked = torch.index_select(x, axis, indices.reshape(-1))
        return torch.unflatten(picked, axis, indices.shape)

    @staticmethod
    def zeros(shape: tuple[int, ...], like: Tensor) -> Tensor:
        """Zeros on the device of ``like``."""
        return like.new_zeros(shape)
