"""The portable cell in a Python loop over time, step by step as it stands or compiled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnnbench import Layer, Namespace, Recurrence, State, advance


class LoopRecurrence(Recurrence):
    """The cell in a Python loop; native parameters are a dict of leaf tensors."""

    kernel = "Python loop (eager)"
    takes_masks = True

    def __init__(self, layer: Layer, xp: Namespace, leaves: Callable[[Any], Any]) -> None:
        """Prepare for one layer; ``leaves`` turns NumPy arrays into tensors that are trained."""
        self.leaves = leaves
        self.step: Callable[..., tuple[State, Tensor]] = partial(advance, layer.cell, xp)

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, Tensor]:
        """Return the canonical arrays as tensors, matrices of several gates laid out for speed."""
        packed: dict[str, Tensor] = self.leaves({k: foldable(a) for k, a in params.items()})
        return packed

    def apply(
        self,
        params: Any,
        xs: Tensor,
        state: State,
        mask: Tensor | None = None,
        context: tuple[Tensor, ...] = (),
    ) -> tuple[Tensor, State]:
        """Step through time and stack the outputs."""
        outputs = []
        # Not xs[t]: the gradient of each such slice would be as large as the whole of xs.
        theres = repeat(None) if mask is None else torch.unbind(mask)
        for x, there in zip(torch.unbind(xs), theres, strict=False):
            state, y = self.step(params, x, state, there, context)
            outputs.append(y)
        return torch.stack(outputs), state


class CompiledRecurrence(LoopRecurrence):
    """A step of the cell through ``torch.compile``, in a Python loop.

    The step is compiled and not the loop, whose unrolled graph takes minutes to compile. Each
    shape is compiled for itself (``dynamic=False``), so that a second batch size does not turn the
    first one's code into slower code for any size. ``fullgraph`` makes an error of everything that
    would run uncompiled, too many recompilations included; those of one layer are counted apart
    from those of other layers with the same step.
    """

    def __init__(self, layer: Layer, xp: Namespace, leaves: Callable[[Any], Any]) -> None:
        super().__init__(layer, xp, leaves)
        self.kernel = "Python loop (Inductor step)"
        self.step = torch.compile(  # type: ignore[call-overload]  # its overloads lack the last one
            self.step, fullgraph=True, dynamic=False, isolate_recompiles=True
        )


def foldable(array: np.ndarray) -> np.ndarray:
    """Lay ``(G, I, H)`` with G > 1 out in memory as ``(G, H, I)``; leave the rest as it is.

    ``torch.matmul`` computes ``(B, I) @ (G, I, H)`` as one product of matrices and, but for this
    layout, copies the weights at every step to do so.
    """
    if array.ndim != 3 or len(array) == 1:
        return array
    return np.ascontiguousarray(array.swapaxes(1, 2)).swapaxes(1, 2)
