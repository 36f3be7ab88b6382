"""Kernels: a variant's own way of computing one part of a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping
from typing import Any, NamedTuple

import numpy as np

from rnnbench.models.arrays.array_functions import Array, Namespace, State


class Kernel(ABC):
    """One part of a model, computed in a backend's own way.

    A kernel takes its part whole: of its children nothing runs as it is written. Their parameters
    are among those of the part, named after their path: ``forward.w_x``.

    Attributes:
        kernel: what really runs, for the table: ``nn.LSTM (oneDNN)``, ``lax.scan`` ...
        trained: native name → 1 where a parameter is trained, 0 where it is redundant and must stay
            as it is; those without a mask are trained whole. For a program that masks gradients: a
            kernel may see to it otherwise, as by a parameter that wants none.
    """

    kernel: str
    trained: Mapping[str, np.ndarray] = {}

    @abstractmethod
    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Turn canonical NumPy parameters (float64) into native ones; never timed.

        What is native is the backend's affair: a dict of tensors, or a module that holds them.
        """

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Turn the arrays of the native parameters, or of their gradients, into canonical ones."""
        return arrays

    @abstractmethod
    def apply(self, params: Any, *arrays: Any, **options: Any) -> Any:
        """Compute what the part's own ``apply`` does, for the same arrays and options.

        Args:
            params: what :meth:`pack` returned, or in its place what the optimizer made of it.
            arrays: what the part is applied to.
            options: the part's own.
        """


class Recurrence(Kernel):
    """One layer over a whole sequence: its loop over time.

    Attributes:
        takes_masks: whether :meth:`apply` takes a mask; if not, it is never given one.
    """

    takes_masks: bool = False

    @abstractmethod
    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over a sequence.

        Args:
            params: what :meth:`pack` returned, or in its place what the optimizer made of it.
            xs: the inputs ``(T, B, I)``.
            state: the state before the first step, shaped as :meth:`Cell.state_shapes` says.
            mask: booleans ``(T, B)``, false at padding, where inputs are zero, the state stays as
                it is and the output is zero; None where there is no padding.
            context: one array per name in :attr:`Cell.context`, the same at every step.

        Returns:
            The outputs ``(T, B, H)`` and the state after the last step.
        """


class Ops(NamedTuple):
    """What a model is computed with.

    Attributes:
        xp: the array functions.
        kernels: by the path of the part that each of them takes.
        otherwise: what the table calls a model of which no kernel takes any part.
    """

    xp: Namespace
    kernels: Mapping[str, Kernel]
    otherwise: str = ""

    @property
    def kernel(self) -> str:
        """What really runs, for the table: the kernels that differ, as ``a + b``."""
        names = dict.fromkeys(kernel.kernel for kernel in self.kernels.values())
        return " + ".join(names) or self.otherwise


def is_taken(path: str, taken: Container[str]) -> bool:
    """Return whether the part at ``path``, or one that it belongs to, is among ``taken``."""
    names = path.split(".")
    return any(".".join(names[:count]) in taken for count in range(1, len(names) + 1))
