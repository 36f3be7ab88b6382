"""The variant ``torch:keras``: Keras on PyTorch."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "torch"  # Keras reads it once, when it is imported

from typing import Any

from rnnbench import Backend, Layer, tree_map
from rnnbench_peers.keras_layers import KerasRecurrence, checked


def recurrence(backend: Backend, layer: Layer) -> KerasRecurrence:
    """Return a layer as Keras computes it on PyTorch.

    Raises:
        Unsupported: as :func:`checked` does.
    """

    def leaves(tree: Any) -> Any:
        return tree_map(lambda tensor: tensor.requires_grad_(), backend.put(tree))

    return KerasRecurrence(backend, checked("torch", backend, layer), leaves)
