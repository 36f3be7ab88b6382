"""Libraries on JAX."""

from __future__ import annotations

from rnnbench_jax.backend import JaxBackend

from .conftest import OfALibrary


class TestFlax(OfALibrary):
    backend = JaxBackend
    variant = "flax"
    cells = ("elman", "elman-relu", "lstm", "gru")


class TestEquinox(OfALibrary):
    backend = JaxBackend
    variant = "equinox"
    cells = ("lstm", "gru")


class TestHaiku(OfALibrary):
    backend = JaxBackend
    variant = "haiku"
    cells = ("elman-relu", "lstm", "gru_reset_before")


class TestKeras(OfALibrary):
    backend = JaxBackend
    variant = "keras"
    cells = ("elman", "elman-relu", "lstm", "gru", "gru_reset_before")
    dtype = "float32"
    rounding = 1e-5
