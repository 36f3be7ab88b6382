"""What a worker calls for a kernel: the library is looked for first, and imported only then."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TypeAlias

from rnnbench import Backend, Layer, Recurrence, Unsupported

Target: TypeAlias = Callable[[Backend, Layer], Recurrence]


def target(library: str, module: str, extra: str) -> Target:
    """Return what makes the kernel of a layer with a library.

    Args:
        library: the module that it is imported by.
        module: ours, which imports it; its ``recurrence(backend, layer)`` is called.
        extra: what to install of this distribution for it.
    """

    def recurrence(backend: Backend, layer: Layer) -> Recurrence:
        if find_spec(library) is None:
            wanted = f"pip install 'rnnbench-peers[{extra}]'"
            raise Unsupported(f"{library} is not installed; {wanted}")
        made: Recurrence = import_module(f"rnnbench_peers.{module}").recurrence(backend, layer)
        return made

    return recurrence


jax_flax = target("flax", "flax_layers", "flax")
jax_equinox = target("equinox", "equinox_layers", "equinox")
jax_keras = target("keras", "keras_on_jax", "keras-jax")
torch_keras = target("keras", "keras_on_torch", "keras-torch")
