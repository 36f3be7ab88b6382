"""The plugins of a process: what can be used, by name, and why the rest can't."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnnbench.errors import UsageError, unknown
from rnnbench.plugins import entry_points
from rnnbench.plugins.conflicts import (
    is_sound,
    mark_clashes,
    mark_missing_framework,
    mark_unusable_kernel,
)
from rnnbench.plugins.discovery import (
    ALL_GROUPS,
    FAULTS,
    VARIABLE,
    Ends,
    Item,
    discover,
    rehearse_together,
    sources_of_kind,
)
from rnnbench.plugins.entry_points import version_of
from rnnbench.plugins.installing import command_to_install
from rnnbench.plugins.provenance import Origin, source_hash
from rnnbench.plugins.validation import KINDS, Kind
from rnnbench.system.io.texts import normalized

if TYPE_CHECKING:
    from rnnbench.contracts.info import BackendInfo, KernelInfo
    from rnnbench.contracts.task import Task
    from rnnbench.models.cell import Cell
    from rnnbench.models.network import Network

#: The backends that this project maintains: where one is missing, it says how to install it.
MAINTAINED = ("numpy", "torch", "tensorflow", "jax")


@dataclass(frozen=True)
class Registry:
    """The plugins of this process, each kind loaded when it is first asked for.

    Attributes:
        asked: the values of ``-p``: ``MODULE`` loads a plugin, ``no:NAME`` keeps one out. NAME is
            that of a thing, a distribution, an entry point or a module, or
            ``DISTRIBUTION/NAME`` where several things share a name.
    """

    asked: tuple[str, ...] = ()
    _items: dict[Kind, list[Item]] = field(default_factory=dict, repr=False, compare=False)
    _provenance: dict[tuple[Kind, str], str] = field(
        default_factory=dict, repr=False, compare=False
    )
    _hashes: dict[frozenset[str], str | None] = field(
        default_factory=dict, repr=False, compare=False
    )
    _ends: Ends = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, asked: Sequence[str] = ()) -> Registry:
        """Return the registry for values of ``-p``, and for those in :data:`VARIABLE`."""
        environment = normalized(os.environ.get(VARIABLE, "")).content.split(",")
        return cls(tuple(name.strip() for name in (*environment, *asked) if name.strip()))

    @cached_property
    def backends(self) -> dict[str, BackendInfo]:
        """The backends by name; their frameworks need not be installed."""
        return self._named("backend")

    @cached_property
    def cells(self) -> dict[str, type[Cell]]:
        """The cells by name."""
        return self._named("cell")

    @cached_property
    def networks(self) -> dict[str, type[Network]]:
        """The networks by name."""
        return self._named("network")

    @cached_property
    def tasks(self) -> dict[str, type[Task]]:
        """The tasks by name."""
        return self._named("task")

    @cached_property
    def suites(self) -> dict[str, Path]:
        """The suite files by name."""
        return self._named("suite")

    @cached_property
    def kernels(self) -> tuple[KernelInfo, ...]:
        """The kernels that plugins add to backends; those need not be installed."""
        return tuple(item.value for item in self._sound("kernel"))

    def kernels_of(self, backend: str) -> tuple[KernelInfo, ...]:
        """Return the kernels that plugins add to one backend."""
        return tuple(kernel for kernel in self.kernels if kernel.backend == backend)

    def variants(self, backend: str) -> dict[str, str]:
        """Return what each variant of a backend is, by name; kernels of other plugins come last."""
        variants = dict(self.backends[backend].variants)
        for kernel in self.kernels_of(backend):
            about = f"{kernel.about} ({', '.join(kernel.cells)} alone)"
            known = variants.get(kernel.variant)
            variants[kernel.variant] = f"{known}; {about}" if known else about
        return variants

    def find(self, kind: Kind, name: str) -> Any:
        """Return what a plugin provides under a name: a class, a path or an info.

        Raises:
            UsageError: if there is none of this name, or it can't be used; it says why.
        """
        return self._item(kind, name).value

    def kind_of(self, name: str, kinds: Iterable[Kind]) -> Kind | None:
        """Return the first of some kinds in which a plugin has this name, None if none has."""
        return next((kind for kind in kinds if name in getattr(self, f"{kind}s")), None)

    def backend(self, name: str) -> BackendInfo:
        """Return one installed backend; raises as :meth:`find` does."""
        found: BackendInfo = self.find("backend", name)
        return found

    def provenance(self, kind: Kind, name: str) -> str:
        """Return distribution, version and source hash: ``rnnbench-jax 0.1.0 (0a1b2c3d4e5f)``.

        The hash is over the Python files of the package that the plugin is in, and of the package
        of its ``target`` where that is another one; see
        :func:`~rnnbench.plugins.provenance.source_hash`. Raises as :meth:`find` does.
        """
        if (kind, name) not in self._provenance:  # thousands ask, and each hash reads all files
            self._provenance[kind, name] = self._provenance_of(self._item(kind, name))
        return self._provenance[kind, name]

    def _provenance_of(self, item: Item) -> str:
        modules = [item.origin.module]
        if item.kind in ("backend", "kernel"):
            modules.append(item.value.target.partition(":")[0])
        packages = frozenset(module.partition(".")[0] for module in modules)
        if packages not in self._hashes:  # all cells of ours are in one
            self._hashes[packages] = source_hash(*modules)
        digest = self._hashes[packages]
        return f"{item.origin} ({digest})" if digest else str(item.origin)

    def items(self, kind: Kind) -> list[Item]:
        """Return everything of one kind with its status, what can't be used included."""
        if kind not in self._items:
            found = discover(kind, self._modules, self._blocked, self._points, self._ends)
            if kind == "backend":
                found = [*map(mark_missing_framework, found), *self._missing(found)]
            elif kind == "kernel":
                found = [mark_unusable_kernel(item, self.items("backend")) for item in found]
            self._items[kind] = list(mark_clashes(found))
        return self._items[kind]

    def rehearse(self, kinds: Iterable[Kind] = KINDS) -> None:
        """Rehearse plugins of several kinds at once, of which all are going to be asked for.

        Kind by kind it takes a process for each.
        """
        wanted = (self._modules, self._blocked, self._points)
        new = [kind for kind in kinds if kind not in self._items]
        sources = {kind: sources_of_kind(kind, *wanted)[0] for kind in new}
        self._ends.update(rehearse_together(sources))

    def everything(self) -> list[Item]:
        """Return the items of every kind."""
        self.rehearse()
        return [item for kind in KINDS for item in self.items(kind)]

    def faults(self, kinds: Iterable[Kind] = KINDS) -> list[Item]:
        """Return the items of some kinds that are at fault."""
        return [item for kind in kinds for item in self.items(kind) if item.status in FAULTS]

    def _item(self, kind: Kind, name: str) -> Item:
        """Return the usable item of a name; raises as :meth:`find` does."""
        items = self.items(kind)
        named = [item for item in items if item.name == name]
        for item in named:
            if item.status == "ok":
                return item
        if named:
            worst = named[0]
            reason = f"{kind} {name!r} is {worst.status}: {worst.detail}"
            raise UsageError(reason) from worst.error
        if other := self.kind_of(name, ("task", "network", "cell", "backend")):
            raise UsageError(f"unknown {kind} {name!r}: it is a {other}, as in --{other}s {name}")
        error = unknown(kind, name, {item.name for item in items if item.status != "disabled"})
        faulty = sorted({item.name for item in items if item.status in FAULTS})
        hint = f" Could not be used: {', '.join(faulty)}; see rnnbench plugins doctor NAME."
        raise UsageError(f"{error}{hint}") if faulty else error

    def _named(self, kind: Kind) -> dict[str, Any]:
        return {item.name: item.value for item in self._sound(kind)}

    def _sound(self, kind: Kind) -> list[Item]:
        return [item for item in self.items(kind) if is_sound(item)]

    def _missing(self, found: Sequence[Item]) -> list[Item]:
        """Return the maintained backends that no plugin provides."""
        known = {item.name for item in found} | self._blocked
        return [
            Item("backend", name, origin, "not installed", command_to_install(f"rnnbench-{name}"))
            for name in MAINTAINED
            for origin in [Origin(f"rnnbench_{name}", name, f"rnnbench-{name}")]
            if name not in known and not origin.names & self._blocked
        ]

    @cached_property
    def _points(self) -> list[metadata.EntryPoint] | None:
        return entry_points.read(ALL_GROUPS)

    @property
    def _modules(self) -> list[str]:
        return [name for name in self.asked if not name.startswith("no:")]

    @property
    def _blocked(self) -> set[str]:
        return {name.removeprefix("no:") for name in self.asked if name.startswith("no:")}


def framework_version(info: BackendInfo) -> str | None:
    """Return the version of a backend's framework, None if it needs none or is not installed.

    The framework's distribution may have another name than its module.
    """
    if not info.requires:
        return None
    module = info.requires[0].partition(".")[0]
    return version_of(module) or next(filter(None, map(version_of, owners(module))), None)


def owners(module: str) -> list[str]:
    """Return the distributions that a module comes with, none if metadata is damaged."""
    try:
        return metadata.packages_distributions().get(module, [])
    except Exception:  # of any distribution at all
        return []
