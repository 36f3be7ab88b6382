"""One recurrent layer, and how a backend runs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnnbench.models.cell import Cell, Shapes, State
from rnnbench.models.namespace import Array, Namespace


@dataclass(frozen=True)
class Layer:
    """One recurrent layer: what a backend needs to know to build its recurrence."""

    cell: Cell
    inputs: int
    hidden: int

    @property
    def shapes(self) -> Shapes:
        """The canonical parameter shapes."""
        return self.cell.shapes(self.inputs, self.hidden)


class Recurrence(ABC):
    """One layer over a whole sequence, in a backend's own way.

    Attributes:
        kernel: what really runs, for the table: ``nn.LSTM (oneDNN)``, ``lax.scan`` ...
    """

    kernel: str

    @abstractmethod
    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Turn canonical NumPy parameters (float64) into native ones; never timed.

        What is native is the backend's affair: a dict of tensors, or a module that holds them.
        """

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Turn the arrays of the native parameters, or of their gradients, into canonical ones."""
        return arrays

    @abstractmethod
    def apply(self, params: Any, xs: Array, state: State) -> tuple[Array, State]:
        """Run over a sequence.

        Args:
            params: what :meth:`pack` returned, or in its place what the optimizer made of it.
            xs: the inputs ``(T, B, I)``.
            state: the state before the first step, ``(B, H)`` each.

        Returns:
            The outputs ``(T, B, H)`` and the state after the last step, ``(B, H)`` each.
        """


class Ops(NamedTuple):
    """What a model is computed with: the array functions and one recurrence per layer."""

    xp: Namespace
    recurrences: tuple[Recurrence, ...]
