"""Keras on PyTorch."""

from __future__ import annotations

from rnnbench_torch.backend import TorchBackend

from .conftest import OfALibrary


class TestKeras(OfALibrary):
    backend = TorchBackend
    variant = "keras"
    cells = ("elman", "elman-relu", "lstm", "gru", "gru_reset_before")
    dtype = "float32"
    rounding = 1e-5
