"""The JAX backend of rnnbench. Importing this module does not import JAX."""

from __future__ import annotations

from rnnbench import BackendInfo, hookimpl

INFO = BackendInfo(
    name="jax",
    target="rnnbench_jax.backend:JaxBackend",
    requires=("jax", "optax"),
    variants={
        "fused": "lax.scan with a hand-written backward pass: few large products; lax conv",
        "scan": "the portable cell in lax.scan, differentiated by JAX",
        "parallel": "cells that are linear in their state, all steps at once by a prefix scan",
        "cudnn": "the cuDNN LSTM of jax.experimental.rnn: GPU and float32 alone",
    },
    default="fused",
    default_for=("elman", "lstm", "gru", "tcn"),
    portable="scan",
    nets=("jax", "flax", "equinox"),
)


@hookimpl
def rnnbench_backends() -> tuple[BackendInfo, ...]:
    """Return the JAX backend."""
    return (INFO,)
