"""The recurrent layers of other libraries as variants. Importing it imports none of them."""

from __future__ import annotations

from pathlib import Path

from rnnbench import KernelInfo, hookimpl

HAIKU_CELLS = ("elman", "lstm", "gru_reset_before")
KERAS_CELLS = ("elman", "lstm", "gru", "gru_reset_before")


def _info(backend: str, variant: str, cells: tuple[str, ...], about: str) -> KernelInfo:
    target = f"rnnbench_peers.targets:{backend}_{variant}"
    return KernelInfo(backend=backend, variant=variant, cells=cells, target=target, about=about)


@hookimpl
def rnnbench_kernels() -> tuple[KernelInfo, ...]:
    """Return the variants, whether their libraries are installed or not."""
    return (
        _info("jax", "flax", ("elman", "lstm", "gru"), "Flax: nnx.RNN with a cell of nnx"),
        _info("jax", "equinox", ("lstm", "gru"), "Equinox: a cell of eqx.nn in lax.scan"),
        _info("jax", "haiku", HAIKU_CELLS, "Haiku: a core of hk in hk.dynamic_unroll"),
        _info("jax", "keras", KERAS_CELLS, "Keras on JAX: keras.layers.SimpleRNN, LSTM and GRU"),
        _info("torch", "keras", KERAS_CELLS, "Keras on PyTorch: the same layers"),
    )


@hookimpl
def rnnbench_suites() -> tuple[Path, ...]:
    """Return the suite ``peers``."""
    return (Path(__file__).parent / "suites" / "peers.toml",)
