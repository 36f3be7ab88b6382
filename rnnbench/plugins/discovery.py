"""Loads plugins one by one, and makes an item of each thing that they provide.

Whatever a plugin does wrong becomes the status of what it provides, and disturbs nothing else.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import pluggy

from rnnbench.contracts import hooks
from rnnbench.contracts.hooks import API
from rnnbench.errors import UsageError
from rnnbench.plugins import provenance, validation
from rnnbench.plugins.entry_points import Source, installed
from rnnbench.plugins.provenance import Origin
from rnnbench.plugins.validation import Kind, Wrong
from rnnbench.system import guarding
from rnnbench.system.guarding.rehearsal import Act
from rnnbench.text import class_name, cut, message_of, plain, shown

#: Whether something that a plugin provides can be used, and if not, why.
Status = Literal["ok", "not installed", "broken", "incompatible", "disabled", "clash"]
#: The statuses that are the fault of a plugin.
FAULTS: frozenset[Status] = frozenset({"broken", "incompatible", "clash"})
#: The entry-point groups whose plugins are asked for a kind; suites come with tasks, or alone.
GROUPS: dict[Kind, tuple[str, ...]] = {
    "backend": ("rnnbench.backends",),
    "cell": ("rnnbench.cells",),
    "network": ("rnnbench.networks",),
    "task": ("rnnbench.tasks",),
    "suite": ("rnnbench.tasks", "rnnbench.suites"),
    "kernel": ("rnnbench.kernels",),
}
#: All of them.
ALL_GROUPS = sorted({group for own in GROUPS.values() for group in own})
#: How a plugin's module would end the program when it is asked for a kind, empty where it does not.
Ends = dict[tuple[Kind, str], str]
#: Plugins beside the installed ones: a comma-separated list in the syntax of ``-p``.
VARIABLE = "RNNBENCH_PLUGINS"
#: The attribute of a plugin's module that says which API it was written for; 1 where it is missing.
API_ATTRIBUTE = "RNNBENCH_API"


@dataclass(frozen=True, eq=False)
class Item:
    """One thing that a plugin provides; a plugin that can't be loaded counts as one, too.

    Attributes:
        kind: what it is.
        name: its own name, or that of the entry point where its own is not known.
        origin: where it comes from.
        status: whether it can be used.
        reason: why not, in one line.
        place: ``file:line`` of the fault, None if there is none or its line is not known.
        value: what the hook returned, None if it was not called or failed.
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
        """The reason, with the plugin and the place if it is at fault; empty if it is ok."""
        where = f"{self.origin}: {self.place}" if self.place else str(self.origin)
        return f"{self.reason} ({where})" if self.status in FAULTS else self.reason

    @property
    def names(self) -> frozenset[str]:
        """The names that ``-p no:NAME`` knows it by, ``DISTRIBUTION/NAME`` among them."""
        exact = {f"{name}/{self.name}" for name in self.origin.names}
        return self.origin.names | exact | {self.name}


class NewerAPI(Exception):
    """A plugin was written for an API that this core does not have yet."""

    def __init__(self, api: Any) -> None:
        super().__init__(
            f"it is written for API {api} of rnnbench and this is API {API}: "
            "pip install --upgrade rnnbench"
        )


def discover(
    kind: Kind,
    asked: Sequence[str],
    blocked: Collection[str],
    points: Sequence[metadata.EntryPoint] | None,
    ends: Ends | None = None,
) -> list[Item]:
    """Return everything of one kind, whatever its status.

    Args:
        kind: the kind; plugins that provide only other kinds are not imported.
        asked: modules to load beside the installed plugins, as ``-p MODULE`` names them.
        blocked: names of items or whole plugins that are kept out; see :attr:`Item.names`.
        points: the entry points of what is installed; see :func:`.entry_points.read`.
        ends: those that are known already.

    Raises:
        UsageError: if a module of ``asked`` can't be loaded.
    """
    sources, kept_out = sources_of_kind(kind, asked, blocked, points)
    found = [disabled(Item(kind, one.entry_point or one.module, one)) for one in kept_out]
    ends = rehearse(kind, sources, ends or {})
    for origin, load in sources:
        end = ends.get((kind, origin.module), "")
        items = [fatal_item(kind, origin, end)] if end else load_items(kind, origin, load)
        if end or any(would_end(item.error) for item in items):
            keep_out_of_workers(origin)
        found += items
    return [disabled(item) if item.names & set(blocked) else item for item in found]


def would_end(error: BaseException | None) -> bool:
    """Return whether what a plugin raised would end a program that does not expect it."""
    return error is not None and not isinstance(error, Exception)


def keep_out_of_workers(origin: Origin) -> None:
    """Have the workers of this command leave one alone, as it may take a minute to find out."""
    if guarding.owned():
        os.environ[VARIABLE] = ",".join([os.environ.get(VARIABLE, ""), f"no:{origin.module}"])


def sources_of_kind(
    kind: Kind,
    asked: Sequence[str],
    blocked: Collection[str],
    points: Sequence[metadata.EntryPoint] | None,
) -> tuple[list[Source], list[Origin]]:
    """Return the plugins that may provide a kind, and those that are kept out.

    Args:
        kind: the kind.
        asked: see :func:`discover`, as for what follows.
        blocked: see there.
        points: see there.
    """
    sources: dict[str, Source] = {}
    kept_out = []
    for source in (*installed(GROUPS[kind], points), *map(asked_source, asked)):
        origin = source.origin
        if origin.module not in sources and origin.names & set(blocked):
            kept_out.append(origin)
        else:  # a module may be installed, and asked for as well, and more than once
            sources.setdefault(origin.module, source)
    return list(sources.values()), kept_out


def rehearse(kind: Kind, sources: Sequence[Source], known: Ends) -> Ends:
    """Return how each plugin would end the program, those that are known among them."""
    loaded_by_all(kind)
    acts = acts_of(kind, [one for one in sources if (kind, one.origin.module) not in known])
    ends = guarding.rehearse(list(acts.values()))
    return known | {each: ends.get(n, "") for n, each in enumerate(acts)}


def rehearse_together(sources: Mapping[Kind, Sequence[Source]]) -> Ends:
    """Return the same for several kinds, but nothing of those after one that would end it."""
    acts: dict[tuple[Kind, str], Act] = {}
    for kind, own in sources.items():
        loaded_by_all(kind)
        acts |= acts_of(kind, own)
    return dict(zip(acts, guarding.rehearse_once(list(acts.values())), strict=False))


def acts_of(kind: Kind, sources: Sequence[Source]) -> dict[tuple[Kind, str], Act]:
    """Return what loads those plugins that are not ours."""
    others = [one for one in sources if not is_ours(one.origin)]
    return {(kind, one.origin.module): partial(load_items, kind, *one) for one in others}


def is_ours(origin: Origin) -> bool:
    """Return whether a plugin is part of the core."""
    return origin.module.partition(".")[0] == "rnnbench"


def loaded_by_all(kind: Kind) -> None:
    """Import what plugins of a kind import in any case, once and not in a rehearsal as well."""
    if kind == "task":
        importlib.import_module("rnnbench.contracts.task")


def fatal_item(kind: Kind, origin: Origin, end: str) -> Item:
    """Return the item of a plugin that would end the program, and is not loaded for that.

    Raises:
        UsageError: if it was asked for by ``-p``.
    """
    reason = f"it ends the program when it is loaded: {end}"
    if origin.entry_point is None:
        raise UsageError(f"-p {origin.module}: {reason}")
    return Item(kind, origin.entry_point, origin, "broken", reason)


def disabled(item: Item) -> Item:
    """Return an item with the status of one that the user keeps out."""
    reason = "kept out by -p or RNNBENCH_PLUGINS"
    return Item(item.kind, item.name, item.origin, "disabled", reason)


def asked_source(module: str) -> Source:
    """Return the plugin of a module that ``-p`` names; it may be in the current folder."""

    def load() -> Any:
        if str(Path.cwd()) not in sys.path:
            sys.path.append(str(Path.cwd()))
        return importlib.import_module(module)

    return Source(Origin(module), load)


def load_items(kind: Kind, origin: Origin, load: Callable[[], Any]) -> list[Item]:
    """Return what one plugin provides of a kind; one item for the plugin if it can't be loaded.

    Raises:
        UsageError: if it can't be loaded and was asked for by ``-p``.
    """
    hand = guarding.in_hand(f"plugin {origin}")
    try:
        with hand:
            return loaded_items(kind, origin, load)
    except BaseException as error:  # SystemExit too: a stranger's fault stays its own
        if guarding.is_interruption(error) or not hand.entered:
            raise
        item = failed_item(kind, origin, error)
        if origin.entry_point is None:  # asked for, so that it is needed
            reason = f"-p {origin.module}: the plugin can't be loaded ({item.reason})"
            raise UsageError(reason) from error
        return [item]


def loaded_items(kind: Kind, origin: Origin, load: Callable[[], Any]) -> list[Item]:
    """Return what one plugin provides; raises whatever it raises when it is loaded."""
    manager = hooks_of(load(), origin)
    hook = getattr(manager.hook, f"rnnbench_{kind}s")
    return [
        item
        for implementation in hook.get_hookimpls()
        for item in call_hook(kind, origin, implementation.function)
    ]


def hooks_of(plugin: Any, origin: Origin) -> pluggy.PluginManager:
    """Return the hooks of one plugin, in a manager of its own so that its faults stay its own.

    Raises:
        NewerAPI: if it was written for a later API.
        Wrong: if it has no hook.
        pluggy.PluginValidationError: if it has one that does not exist, or with odd arguments.
    """
    api = getattr(sys.modules.get(origin.module), API_ATTRIBUTE, 1)
    if type(api) is not int or api < 1:
        raise Wrong(f"{API_ATTRIBUTE} is {shown(api)}, not a whole number from 1")
    if api > API:
        raise NewerAPI(api)
    manager = pluggy.PluginManager("rnnbench")
    manager.add_hookspecs(hooks)
    manager.register(plugin)
    manager.check_pending()
    if not manager.get_hookcallers(plugin):
        raise Wrong(f"{origin.module} has no hook of rnnbench: is @hookimpl missing?")
    return manager


def call_hook(kind: Kind, origin: Origin, hook: Callable[[], Any]) -> list[Item]:
    """Return an item for each thing that one hook returns."""
    try:
        things = validation.listed(hook.__name__, hook())
    except BaseException as error:
        if guarding.is_interruption(error):
            raise
        return [failed_item(kind, origin, error, hook)]
    return [checked_item(kind, origin, thing, hook) for thing in things]


def checked_item(kind: Kind, origin: Origin, thing: Any, hook: Callable[[], Any]) -> Item:
    """Return the item of one thing that a hook returned: ok, or broken."""
    try:
        name = validation.check(kind, thing)
        return Item(kind, str.__str__(name), origin, value=validation.plain_copy(thing))
    except BaseException as error:  # a property of a stranger's class may raise anything
        if guarding.is_interruption(error):
            raise
        culprit = thing if issubclass(type(thing), type) else hook
        return failed_item(kind, origin, error, culprit, validation.name_of(thing))


def failed_item(
    kind: Kind, origin: Origin, error: BaseException, culprit: Any = None, name: str | None = None
) -> Item:
    """Return the item of something that went wrong.

    Args:
        kind: the kind that was asked for.
        origin: where the plugin comes from.
        error: what the plugin raised, or what was found wrong with it.
        culprit: the class or function at fault, in case the traceback has no line of the plugin's.
        name: the item's name, None if it is not known.
    """
    name = name or origin.entry_point or origin.module
    newer = provenance.declared(origin.module, API_ATTRIBUTE) or 1
    if newer > API and not isinstance(error, NewerAPI):
        error = NewerAPI(newer)  # what it did not find here may well be what is new
    if isinstance(error, NewerAPI):
        return Item(kind, name, origin, "incompatible", str(error), error=error)
    if missing := missing_module(error, origin):
        reason = f"{missing} missing: pip install {missing}"
        return Item(kind, name, origin, "not installed", reason, error=error)
    place = provenance.line_of_error(error, origin.module) or provenance.line_of(culprit)
    return Item(kind, name, origin, "broken", one_line(error), place, error=error)


def missing_module(error: BaseException, origin: Origin) -> str | None:
    """Return the package whose absence caused an error, None if the error is another one."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    missing = error.name.partition(".")[0]
    own = {origin.module.partition(".")[0], "rnnbench"}
    return None if missing in own else missing


def one_line(error: BaseException) -> str:
    """Return an error as one line, with its class unless it is a finding of ours."""
    text = plain(cut(" ".join(message_of(error).split()), 500)) or "no message"
    return text if isinstance(error, Wrong) else f"{class_name(error)}: {text}"
