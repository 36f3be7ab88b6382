"""The variant ``torch:native``: the kernel as a ``torch.autograd.Function``."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from rnnbench import Backend, Layer, State, tree_map
from rnnbench_native import library
from rnnbench_native.calls import Call, Tapes
from rnnbench_native.layer import NativeRecurrence, native_layer


class _Sequence(torch.autograd.Function):
    """A layer over a sequence; tensors share their memory with the arrays that the kernel reads."""

    @staticmethod
    def forward(ctx: Any, call: Call, tapes: Tapes | None, *tensors: Tensor) -> tuple[Tensor, ...]:
        results = tuple(map(torch.from_numpy, call.forward(_arrays(tensors), tapes)))
        if tapes is not None:
            ctx.call = call
            ctx.save_for_backward(results[0], *tensors)
        return results

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        ys, *tensors = ctx.saved_tensors
        call: Call = ctx.call
        wants_xs = ctx.needs_input_grad[2 + len(call.layer.weights)]
        ys, *arrays = _arrays([ys, *tensors])
        found = call.backward(tuple(arrays), ys, _arrays(gradients), wants_xs)
        return None, None, *(None if a is None else torch.from_numpy(a) for a in found)


class TorchRecurrence(NativeRecurrence):
    """One layer; native parameters are a dict of leaf tensors."""

    tapes = Tapes()

    def apply(
        self,
        params: Any,
        xs: Tensor,
        state: State,
        mask: Tensor | None = None,
        context: tuple[Tensor, ...] = (),
    ) -> tuple[Tensor, State]:
        """Run over ``xs (T, B, I)``."""
        tensors = (*(params[name] for name in self.layer.weights), xs, *state)
        trains = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)
        call = Call(self.layer, None if mask is None else mask.numpy())
        ys, *last = _Sequence.apply(call, self.tapes if trains else None, *tensors)  # type: ignore[no-untyped-call]
        return ys, tuple(last)


def _arrays(tensors: Any) -> tuple[np.ndarray, ...]:
    return tuple(tensor.detach().numpy() for tensor in tensors)


@cache
def share_threads() -> None:
    """Have the kernel compute on PyTorch's own threads, where those are OpenMP's.

    They look for more work for some milliseconds after each operation; threads of the kernel's own
    would compute at half speed meanwhile.
    """
    own = ctypes.CDLL(torch._C.__file__)  # finds what is in the libraries that it needs
    if hasattr(own, "GOMP_parallel"):
        library.load().rnnbench_use_team(ctypes.cast(own.GOMP_parallel, ctypes.c_void_p))


def recurrence(backend: Backend, layer: Layer) -> TorchRecurrence:
    """Return the kernel of a layer for PyTorch.

    Raises:
        Unsupported: if it can't compute it, or was never built.
    """

    def leaves(tree: Any) -> Any:
        return tree_map(lambda tensor: tensor.requires_grad_(), backend.put(tree))

    made = TorchRecurrence(native_layer(backend, layer), leaves)
    share_threads()
    return made
