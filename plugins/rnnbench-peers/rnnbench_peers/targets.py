"""What a worker calls for a kernel: the library is looked for first, and imported only then."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TypeAlias

from rnnbench import Backend, Layer, Recurrence, Unsupported

Target: TypeAlias = Callable[[Backend, Layer], Recurrence]


def target(library: str, maker: str, extra: str) -> Target:
    """Return what makes the kernel of a layer with a library.

    Args:
        library: the module that it is imported by.
        maker: the module of ours that imports it, and what there takes the backend and the layer.
        extra: what to install of this distribution for it.
    """

    def recurrence(backend: Backend, layer: Layer) -> Recurrence:
        if find_spec(library) is None:
            wanted = f"pip install 'rnnbench-peers[{extra}]'"
            raise Unsupported(f"{library} is not installed; {wanted}")
        module, _, name = maker.partition(":")
        made: Recurrence = getattr(import_module(f"rnnbench_peers.{module}"), name)(backend, layer)
        return made

    return recurrence


jax_flax = target("flax", "flax_layers:FlaxRecurrence", "flax")
jax_equinox = target("equinox", "equinox_layers:EquinoxRecurrence", "equinox")
jax_haiku = target("haiku", "haiku_layers:HaikuRecurrence", "haiku")
jax_keras = target("keras", "keras_on_jax:recurrence", "keras-jax")
torch_keras = target("keras", "keras_on_torch:recurrence", "keras-torch")
