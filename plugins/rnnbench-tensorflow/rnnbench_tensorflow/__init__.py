"""TensorFlow as a backend of rnnbench: a portable loop, the same under XLA, and Keras's layers.

Importing this module imports no framework.
"""

from __future__ import annotations

from rnnbench import BackendInfo, hookimpl

INFO = BackendInfo(
    name="tensorflow",
    target="rnnbench_tensorflow.backend:TensorFlowBackend",
    requires=("tensorflow", "keras"),
    variants={
        "graph": "the portable cell in tf.while_loop inside a tf.function",
        "xla": "the same compiled by XLA (jit_compile=True)",
        "fused": "XLA, with a hand-written backward pass: few large products",
        "parallel": "cells that are linear in their state, all steps at once by a prefix scan",
        "keras": "keras.layers.SimpleRNN, LSTM and GRU, keras.ops.conv; cuDNN on a GPU",
    },
    default="keras",
    default_for=("elman", "lstm", "gru", "tcn"),
    portable="graph",
    nets=("tensorflow", "keras"),
)


@hookimpl
def rnnbench_backends() -> tuple[BackendInfo, ...]:
    """Return the TensorFlow backend."""
    return (INFO,)
