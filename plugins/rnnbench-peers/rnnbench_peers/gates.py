"""Gates side by side, as libraries keep them; canonical arrays have an axis for them.

Names of parameters are given as ``{canonical: the library's}``. ``b_hn`` is of one gate: of it only
the name changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np

from rnnbench import Cell, Layer, Unsupported

Form = TypeVar("Form")


class Gates(NamedTuple):
    """The gates of a cell in two orders.

    Attributes:
        canonical: the core's.
        library: the library's.
    """

    canonical: tuple[str, ...]
    library: tuple[str, ...]

    def join(self, array: np.ndarray) -> np.ndarray:
        """Turn canonical ``(G, ..., H)`` into the library's ``(..., G·H)``."""
        return np.concatenate([array[self.canonical.index(gate)] for gate in self.library], axis=-1)

    def split(self, array: np.ndarray) -> np.ndarray:
        """Turn it back."""
        parts = np.split(array, len(self.library), axis=-1)
        return np.stack([parts[self.library.index(gate)] for gate in self.canonical])

    def pack(
        self, params: Mapping[str, np.ndarray], names: Mapping[str, str]
    ) -> dict[str, np.ndarray]:
        """Turn canonical parameters into the library's."""
        return {
            names[name]: array if name == "b_hn" else self.join(array)
            for name, array in params.items()
        }

    def unpack(
        self, arrays: Mapping[str, np.ndarray], names: Mapping[str, str]
    ) -> dict[str, np.ndarray]:
        """Turn them back."""
        return {
            name: arrays[own] if name == "b_hn" else self.split(arrays[own])
            for name, own in names.items()
            if own in arrays
        }


def form_of(forms: Mapping[type[Cell], Form], layer: Layer, library: str) -> Form:
    """Return how a library writes the cell of a layer.

    Raises:
        Unsupported: for a cell that it does not have.
    """
    if type(layer.cell) not in forms:
        raise Unsupported(f"{library} has no {type(layer.cell).__name__}")
    return forms[type(layer.cell)]
