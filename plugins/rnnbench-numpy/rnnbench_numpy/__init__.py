"""The NumPy backend of rnnbench."""

from __future__ import annotations

from rnnbench import BackendInfo, hookimpl

INFO = BackendInfo(
    name="numpy",
    target="rnnbench_numpy.backend:NumpyBackend",
    requires=("numpy", "autograd"),
    variants={
        "fused": "hand-written forward and backward through time",
        "parallel": "cells that are linear in their state: products of all steps at once",
        "autograd": "the portable cell through the autograd package",
    },
    default="fused",
    default_for=("elman", "lstm", "gru"),
    portable="autograd",
    nets=("autograd",),
)


@hookimpl
def rnnbench_backends() -> tuple[BackendInfo, ...]:
    """Return the NumPy backend."""
    return (INFO,)
