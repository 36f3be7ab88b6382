"""Discovery: what is installed, read from entry points without importing more than is asked for.

Each entry point is loaded by itself and guarded, so a broken plugin breaks nothing but itself.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from rnnbench import hookspecs
from rnnbench.errors import UsageError, unknown

if TYPE_CHECKING:
    from rnnbench.backend import BackendInfo
    from rnnbench.cells import Cell
    from rnnbench.task import Task

#: Plugins beside the installed ones: a comma-separated list in the syntax of ``-p``.
VARIABLE = "RNNBENCH_PLUGINS"
#: The backends that this project maintains, for telling how to install a missing one.
MAINTAINED = ("numpy", "torch", "tensorflow", "jax")


@dataclass(frozen=True)
class Broken:
    """A plugin that could not be loaded, and why."""

    group: str
    name: str
    distribution: str
    reason: str


@dataclass(frozen=True)
class BackendStatus:
    """What can be said of a backend without importing its framework.

    Attributes:
        name: the backend.
        status: ``ok``, ``not installed`` or ``broken``.
        version: of the framework, where it is installed.
        detail: why it is not ok, and the command that mends it.
    """

    name: str
    status: str
    version: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Registry:
    """The plugins of this process.

    Attributes:
        asked: the values of ``-p``: ``MODULE`` to load one, ``no:NAME`` to keep one out.
        broken: what could not be loaded so far.
    """

    asked: tuple[str, ...] = ()
    broken: list[Broken] = field(default_factory=list)

    @classmethod
    def of(cls, asked: Sequence[str] = ()) -> Registry:
        """Return the registry for ``-p`` options, those of :data:`VARIABLE` included."""
        environment = os.environ.get(VARIABLE, "").split(",")
        return cls(tuple(name.strip() for name in (*environment, *asked) if name.strip()))

    @cached_property
    def backends(self) -> dict[str, BackendInfo]:
        """The backends by name; their frameworks need not be installed."""
        return self._named("backends")

    @cached_property
    def cells(self) -> dict[str, type[Cell]]:
        """The cells by name."""
        return self._named("cells")

    @cached_property
    def tasks(self) -> dict[str, type[Task]]:
        """The tasks by name."""
        return self._named("tasks")

    @cached_property
    def suites(self) -> dict[str, Path]:
        """The suite files by name."""
        return {path.stem: path for path in self._collect("tasks", "suites")}

    def backend(self, name: str) -> BackendInfo:
        """Return one installed backend.

        Raises:
            UsageError: if there is none of this name, or it is broken or not installed.
        """
        found = self.status(name)
        if found is None:
            raise unknown("backend", name, [s.name for s in self.statuses()])
        if found.status != "ok":
            raise UsageError(f"backend {name!r} is {found.status}: {found.detail}")
        return self.backends[name]

    def status(self, name: str) -> BackendStatus | None:
        """Return the state of one backend, or None if nobody has heard of it."""
        return next((s for s in self.statuses() if s.name == name), None)

    def statuses(self) -> list[BackendStatus]:
        """Return the state of every backend that is installed, broken or maintained here."""
        installed = [_status(info) for info in self.backends.values()]
        broken = [
            BackendStatus(b.name, "broken", detail=f"{b.reason} ({b.distribution})")
            for b in self.broken
            if b.group == "backends"
        ]
        known = {s.name for s in (*installed, *broken)} | self._blocked
        missing = [
            BackendStatus(name, "not installed", detail=f"pip install ./plugins/rnnbench-{name}")
            for name in MAINTAINED
            if name not in known
        ]
        return [*installed, *broken, *missing]

    @property
    def _blocked(self) -> set[str]:
        return {name.removeprefix("no:") for name in self.asked if name.startswith("no:")}

    def _named(self, group: str) -> dict[str, Any]:
        named: dict[str, Any] = {}
        for item in self._collect(group, group):
            if item.name in named:
                raise UsageError(
                    f"two plugins provide {group[:-1]} {item.name!r}: keep one out with -p no:NAME"
                )
            if item.name not in self._blocked:
                named[item.name] = item
        return named

    def _collect(self, group: str, kind: str) -> list[Any]:
        """Return what hook ``rnnbench_<kind>`` gives over the plugins of an entry-point group."""
        provided: dict[Any, list[Any]] = {}  # by plugin: one may be installed and asked for too
        for point in self._entry_points(group):
            try:
                plugin = point.load()
                provided[plugin] = _provided(plugin, kind)
            except (Exception, SystemExit) as error:  # a stranger's fault stays its own
                self.broken.append(_broken(group, point, error))
        for name in self.asked:
            if not name.startswith("no:"):
                plugin, items = _asked(name, kind)
                provided[plugin] = items
        return [item for items in provided.values() for item in items]

    def _entry_points(self, group: str) -> Iterable[metadata.EntryPoint]:
        points = metadata.entry_points(group=f"rnnbench.{group}")
        return sorted((p for p in points if p.name not in self._blocked), key=lambda p: p.name)


def _provided(plugin: Any, kind: str) -> list[Any]:
    """Return what one plugin gives to the hook ``rnnbench_<kind>``; refuse a misspelt hook."""
    manager = pluggy.PluginManager("rnnbench")  # of its own, so that its faults are too
    manager.add_hookspecs(hookspecs)
    manager.register(plugin)
    manager.check_pending()
    return [item for items in getattr(manager.hook, f"rnnbench_{kind}")() for item in items]


def _broken(group: str, point: metadata.EntryPoint, error: BaseException) -> Broken:
    reason = f"{type(error).__name__}: {str(error) or 'no message'}".splitlines()[0]
    distribution = point.dist.name if point.dist else "unknown distribution"
    return Broken(group, point.name, distribution, reason)


def _asked(name: str, kind: str) -> tuple[Any, list[Any]]:
    """Return the plugin of ``-p`` and what it gives; it may lie in the current folder."""
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    try:
        plugin = importlib.import_module(name)
        return plugin, _provided(plugin, kind)
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UsageError(f"-p {name}: the plugin can't be loaded ({reason})") from error


def _status(info: BackendInfo) -> BackendStatus:
    missing = [name for name in info.requires if util.find_spec(name) is None]
    if missing:
        detail = f"{', '.join(missing)} missing: pip install {' '.join(missing)}"
        return BackendStatus(info.name, "not installed", detail=detail)
    return BackendStatus(info.name, "ok", _version(info.requires[0]))


def _version(module: str) -> str | None:
    """Return the version of the distribution that has ``module``, which may bear another name."""
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        owners = metadata.packages_distributions().get(module, [])
        return metadata.version(owners[0]) if owners else None
