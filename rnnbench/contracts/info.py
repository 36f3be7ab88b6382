"""What a plugin announces of a backend or a kernel: neither NumPy nor a framework is imported."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnbench.contracts.backend import Backend
    from rnnbench.models.layer import Layer, Recurrence


@dataclass(frozen=True)
class BackendInfo:
    """What a command may know of a backend without importing its framework.

    Attributes:
        name: the name in tables and on the command line.
        target: where the subclass of :class:`~rnnbench.Backend` is, ``module:Class``;
            imported in workers alone.
        requires: the modules it needs, the framework first: ``("torch",)``.
        variants: name → what it is, in one line.
        default: the variant that a bare backend name means.
    """

    name: str
    target: str
    requires: tuple[str, ...]
    variants: Mapping[str, str]
    default: str

    def load(self) -> type[Backend]:
        """Import the framework and return the backend's class."""
        module, _, attribute = self.target.partition(":")
        loaded: type[Backend] = getattr(importlib.import_module(module), attribute)
        return loaded


@dataclass(frozen=True)
class KernelInfo:
    """A fused kernel for some cells, added to a backend as a variant that it does not have itself.

    Attributes:
        backend: the name of the backend.
        variant: the name of the variant, as in ``--backends backend:variant``.
        cells: the names of the cells that it runs; with any other its row is ``unsupported``.
        target: where the kernel is, ``module:callable``; imported in workers alone. It is called as
            ``callable(backend, layer)`` with a :class:`~rnnbench.Backend` and a
            :class:`~rnnbench.Layer`, returns a :class:`~rnnbench.Recurrence`, and
            raises :class:`~rnnbench.Unsupported` for what it can't run here.
        about: what it is, in one line.
    """

    backend: str
    variant: str
    cells: tuple[str, ...]
    target: str
    about: str

    def build(self, backend: Backend, layer: Layer) -> Recurrence:
        """Import the kernel and return how it runs ``layer``.

        Raises:
            Unsupported: if it can't.
            TypeError: if it returns anything but a recurrence.
        """
        from rnnbench.models.layer import Recurrence

        module, _, attribute = self.target.partition(":")
        made = getattr(importlib.import_module(module), attribute)(backend, layer)
        if not isinstance(made, Recurrence):
            raise TypeError(f"{self.target} returned {type(made).__name__}, not a Recurrence")
        return made
