"""What a plugin announces of a backend or a kernel: neither NumPy nor a framework is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
        default_for: the cells, and the networks without cells, for which the default has kernels;
            empty if it takes all.
        portable: the variant that a bare name means in a run of none of these; empty where there is
            none, and the default is meant all the same.
        nets: the libraries whose nets it takes with ``--model``, as ``("jax", "flax")``; a file
            that imports one of them is taken for one of its own. Empty where it takes none.
    """

    name: str
    target: str
    requires: tuple[str, ...]
    variants: Mapping[str, str]
    default: str
    default_for: tuple[str, ...] = ()
    portable: str = ""
    nets: tuple[str, ...] = ()


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
