"""The MLX backend of rnnbench. Importing this module does not import MLX."""

from __future__ import annotations

from rnnbench import BackendInfo, hookimpl

INFO = BackendInfo(
    name="mlx",
    target="rnnbench_mlx.backend:MlxBackend",
    requires=("mlx",),
    variants={
        "compile": "forward pass and train step unrolled over time, each through mx.compile",
        "eager": "the portable cell step by step, differentiated by MLX",
    },
    default="compile",
)


@hookimpl
def rnnbench_backends() -> tuple[BackendInfo, ...]:
    """Return the MLX backend."""
    return (INFO,)
