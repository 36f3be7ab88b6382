"""The PyTorch backend of rnnbench. Importing this module does not import PyTorch."""

from __future__ import annotations

from rnnbench import BackendInfo, hookimpl

INFO = BackendInfo(
    name="torch",
    target="rnnbench_torch.backend:TorchBackend",
    requires=("torch",),
    variants={
        "fused": "nn.RNN, nn.LSTM or nn.GRU, attention and convolution; cuDNN on a GPU",
        "eager": "the portable cell in a Python loop",
        "compile": "the portable cell's step through torch.compile, in a Python loop",
        "parallel": "cells that are linear in their state, all steps at once by a prefix scan",
    },
    default="fused",
    default_for=("elman", "lstm", "gru", "transformer", "tcn"),
    portable="eager",
    nets=("torch",),
)


@hookimpl
def rnnbench_backends() -> tuple[BackendInfo, ...]:
    """Return the PyTorch backend."""
    return (INFO,)
