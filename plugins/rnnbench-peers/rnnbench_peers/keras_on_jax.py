"""The variant ``jax:keras``: Keras on JAX."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "jax"  # Keras reads it once, when it is imported

from rnnbench import Backend, Layer
from rnnbench_peers.keras_layers import KerasRecurrence, checked


def recurrence(backend: Backend, layer: Layer) -> KerasRecurrence:
    """Return a layer as Keras computes it on JAX.

    Raises:
        Unsupported: as :func:`checked` does.
    """
    return KerasRecurrence(backend, checked("jax", backend, layer), backend.put)
