"""TensorFlow as a backend of rnnbench: a hand-written gradient, a portable loop, Keras's layers.

Importing this module imports no framework.
"""

from __future__ import annotations

from rnnbench import BackendInfo, hookimpl

INFO = BackendInfo(
    name="tensorflow",
    target="rnnbench_tensorflow.backend:TensorFlowBackend",
    requires=("tensorflow", "keras"),
    variants={
        "fused": "XLA, with a hand-written backward pass: few large products",
        "xla": "the portable cell in tf.while_loop, compiled by XLA (jit_compile=True)",
        "graph": "the same inside a plain tf.function",
        "parallel": "cells that are linear in their state, all steps at once by a prefix scan",
        "keras": "keras.layers.SimpleRNN, LSTM and GRU, keras.ops.conv; cuDNN on a GPU",
    },
    default="fused",
    default_for=("elman", "lstm", "gru"),
    portable="xla",
    nets=("tensorflow", "keras"),
)


@hookimpl
def rnnbench_backends() -> tuple[BackendInfo, ...]:
    """Return the TensorFlow backend."""
    return (INFO,)
