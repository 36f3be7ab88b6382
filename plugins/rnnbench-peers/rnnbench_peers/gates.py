"""Gates side by side, as libraries keep them; canonical arrays have an axis for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


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
