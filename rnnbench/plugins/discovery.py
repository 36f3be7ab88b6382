"""Plugins: found in metadata without an import, loaded one by one, each of them guarded.

Whatever a plugin does wrong becomes the status of what it provides, and disturbs nothing else.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pluggy

from rnnbench import API
from rnnbench.contracts import hooks
from rnnbench.errors import UsageError
from rnnbench.plugins import provenance, validation
from rnnbench.plugins.entry_points import Source, installed
from rnnbench.plugins.provenance import Origin
from rnnbench.plugins.validation import Kind, Wrong

#: What can be said of something that a plugin provides.
Status = Literal["ok", "not installed", "broken", "incompatible", "disabled", "clash"]
#: Those that are the fault of a plugin.
FAULTS: frozenset[Status] = frozenset({"broken", "incompatible", "clash"})
#: The entry-point groups whose plugins are asked for a kind; suites come with tasks, or alone.
GROUPS: dict[Kind, tuple[str, ...]] = {
    "backend": ("rnnbench.backends",),
    "cell": ("rnnbench.cells",),
    "task": ("rnnbench.tasks",),
    "suite": ("rnnbench.tasks", "rnnbench.suites"),
    "kernel": ("rnnbench.kernels",),
}
#: The attribute of a plugin's module that says which API it was written for; 1 where it is missing.
API_ATTRIBUTE = "RNNBENCH_API"


@dataclass(frozen=True, eq=False)
class Item:
    """One thing that a plugin provides; a plugin that can't be loaded counts as one, too.

    Attributes:
        kind: what it is.
        name: its own, or that of the entry point where its own is not known.
        origin: where it comes from.
        status: whether it can be used.
        reason: why not, in one line.
        place: ``file:line`` to look at, None where there is nothing to mend or to be told.
        value: what the hook returned, None where nothing was.
        error: what the plugin raised.
    """

    kind: Kind
    name: str
    origin: Origin
    status: Status = "ok"
    reason: str = ""
    place: str | None = None
    value: Any = None
    error: BaseException | None = None

    @property
    def detail(self) -> str:
        """Why it is not ok, whose fault it is, and where; empty if it is ok."""
        where = f"{self.origin}: {self.place}" if self.place else str(self.origin)
        return f"{self.reason} ({where})" if self.status in FAULTS else self.reason

    @property
    def names(self) -> frozenset[str]:
        """What it can be called by in ``-p no:NAME``: also ``DISTRIBUTION/NAME``."""
        exact = {f"{name}/{self.name}" for name in self.origin.names}
        return self.origin.names | exact | {self.name}


class Newer(Exception):
    """A plugin was written for an API that this core does not have yet."""

    def __init__(self, api: Any) -> None:
        super().__init__(
            f"it is written for API {api} of rnnbench and this is API {API}: "
            "pip install --upgrade rnnbench"
        )


def discover(kind: Kind, asked: Sequence[str], blocked: Collection[str]) -> list[Item]:
    """Return everything of one kind, whatever its status.

    Args:
        kind: of what; no plugin is imported that has to do with other kinds alone.
        asked: modules to load beside the installed plugins.
        blocked: names of items or whole plugins that are kept out; see :attr:`Item.names`.

    Raises:
        UsageError: if a module of ``asked`` can't be loaded.
    """
    found: list[Item] = []
    loaded = set()  # a module may be installed, and asked for as well, and more than once
    for origin, load in (*installed(GROUPS[kind]), *map(named, asked)):
        if origin.module in loaded:
            continue
        if origin.names & set(blocked):
            found.append(disabled(Item(kind, origin.entry_point or origin.module, origin)))
            continue
        loaded.add(origin.module)
        found += provided(kind, origin, load)
    return [disabled(item) if item.names & set(blocked) else item for item in found]


def disabled(item: Item) -> Item:
    """Return an item as kept out."""
    reason = "kept out by -p or RNNBENCH_PLUGINS"
    return Item(item.kind, item.name, item.origin, "disabled", reason)


def named(module: str) -> Source:
    """Return the plugin of a module given to ``-p``; it may lie in the current folder."""

    def load() -> Any:
        if str(Path.cwd()) not in sys.path:
            sys.path.append(str(Path.cwd()))
        return importlib.import_module(module)

    return Source(Origin(module), load)


def provided(kind: Kind, origin: Origin, load: Callable[[], Any]) -> list[Item]:
    """Return what one plugin provides of a kind, or the plugin itself as what is wrong."""
    try:
        manager = registered(load(), origin)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a stranger's fault stays its own
        item = failure(kind, origin, error)
        if origin.entry_point is None:  # asked for, so that it is needed
            reason = f"-p {origin.module}: the plugin can't be loaded ({item.reason})"
            raise UsageError(reason) from error
        return [item]
    hook = getattr(manager.hook, f"rnnbench_{kind}s")
    return [
        item
        for implementation in hook.get_hookimpls()
        for item in returned(kind, origin, implementation.function)
    ]


def registered(plugin: Any, origin: Origin) -> pluggy.PluginManager:
    """Return a manager of one plugin alone, so that its faults are nobody else's.

    Raises:
        Newer: if it was written for a later API.
        Wrong: if it has no hook.
        pluggy.PluginValidationError: if it has one that does not exist, or with odd arguments.
    """
    api = getattr(sys.modules.get(origin.module), API_ATTRIBUTE, 1)
    if type(api) is not int or api < 1:
        raise Wrong(f"{API_ATTRIBUTE} is {validation.shown(api)}, not a whole number from 1")
    if api > API:
        raise Newer(api)
    manager = pluggy.PluginManager("rnnbench")
    manager.add_hookspecs(hooks)
    manager.register(plugin)
    manager.check_pending()
    if not manager.get_hookcallers(plugin):
        raise Wrong(f"{origin.module} has no hook of rnnbench: is @hookimpl missing?")
    return manager


def returned(kind: Kind, origin: Origin, hook: Callable[[], Any]) -> list[Item]:
    """Return what one hook returns, each thing looked at by itself."""
    try:
        things = validation.listed(hook.__name__, hook())
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return [failure(kind, origin, error, hook)]
    return [inspected(kind, origin, thing, hook) for thing in things]


def inspected(kind: Kind, origin: Origin, thing: Any, hook: Callable[[], Any]) -> Item:
    """Return one thing that a hook returned: ok, or broken."""
    try:
        return Item(kind, validation.check(kind, thing), origin, value=thing)
    except Exception as error:  # a property of a stranger's class may raise anything
        culprit = thing if isinstance(thing, type) else hook
        return failure(kind, origin, error, culprit, validation.name_of(thing))


def failure(
    kind: Kind, origin: Origin, error: BaseException, culprit: Any = None, name: str | None = None
) -> Item:
    """Return an item for what went wrong.

    Args:
        kind: of what was asked for.
        origin: of the plugin.
        error: what it raised, or what was found wrong.
        culprit: the class or the function to look at, where the error came up nowhere.
        name: of the item, None where it is not known.
    """
    name = name or origin.entry_point or origin.module
    newer = provenance.declared(origin.module, API_ATTRIBUTE) or 1
    if newer > API and not isinstance(error, Newer):
        error = Newer(newer)  # what it did not find here may well be what is new
    if isinstance(error, Newer):
        return Item(kind, name, origin, "incompatible", str(error), error=error)
    if missing := missing_module(error, origin):
        reason = f"{missing} missing: pip install {missing}"
        return Item(kind, name, origin, "not installed", reason, error=error)
    place = provenance.line_of_error(error, origin.module) or provenance.line_of(culprit)
    return Item(kind, name, origin, "broken", one_line(error), place, error=error)


def missing_module(error: BaseException, origin: Origin) -> str | None:
    """Return what a plugin needs that is not installed, None if the error is another one."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    missing = error.name.partition(".")[0]
    own = {origin.module.partition(".")[0], "rnnbench"}
    return None if missing in own else missing


def one_line(error: BaseException) -> str:
    """Return an error as one line; what was found wrong needs no name of a class."""
    text = " ".join((str(error).strip() or "no message").splitlines()[0].split())
    return text if isinstance(error, Wrong) else f"{type(error).__name__}: {text}"
