"""The request that the options of a measurement make, given by a command or by a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

from msgspec import Meta

from rnnbench.api import reading
from rnnbench.api.options import values
from rnnbench.api.options.audiences import audience_of
from rnnbench.api.options.command_line import option_name
from rnnbench.api.options.devices import places
from rnnbench.schema.suite import Settings
from rnnbench.schema.types import MOST_REPEATS, Above0, Allocator, Repeats, Size

if TYPE_CHECKING:
    from rnnbench.plan.request import Request
    from rnnbench.plugins.registry import Registry
    from rnnbench.weights.file import Weights

#: What converts the values of the options that are no settings.
CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "threads": values.number(Size),
    "seeds": values.number(Repeats),
    "processes": values.number(Repeats),
    "precision": values.share,
    "timeout": values.number(Above0),
    "memory_limit": values.size,
    "allocator": values.word(*get_args(Allocator)),
    "scaled": values.flag,
    "save_weights": values.flag,
    "set": values.table,
    "python": values.table,
    **dict.fromkeys(("tasks", "cells", "networks", "backends"), values.some),
    **dict.fromkeys(("models", "plugins"), values.listed),
}
#: Those of a range of sizes; a fit needs four.
POINTS = Annotated[int, Meta(ge=4, le=MOST_REPEATS)]
RANGE: dict[str, Callable[[Any], Any]] = {
    "over": values.word("length", "steps", "batch", "hidden", "layers", "devices"),
    "from_": values.number(Size),
    "to": values.number(Size),
    "points": values.number(POINTS),
}


def request(given: Mapping[str, Any]) -> tuple[Request, Registry]:
    """Return the request that options make, and the plugins that they name.

    Args:
        given: values by the name of their option, with underscores; what is not there, or None, is
            at its default. Others than those of a measurement are passed over.

    Raises:
        UsageError: for a value that its option does not take.
    """
    from rnnbench.plan import environments, own_nets
    from rnnbench.plan.options import typed
    from rnnbench.plan.request import Request
    from rnnbench.plugins.registry import Registry

    known = {name: value for name, value in given.items() if value is not None}
    own = {name: converted(name, known[name]) for name in CONVERTERS.keys() & known.keys()}
    plugins = own.pop("plugins", [])
    assigned, pythons = own.pop("set", {}), own.pop("python", {})
    values.check_text("--suite", [str(known.get("suite", ""))])
    values.check_text("--set", [f"{key}={value}" for key, value in assigned.items()])
    values.check_text("--python", [f"{name}={path}" for name, path in pythons.items()])
    values.check_text("-p", plugins)
    values.check_text("--model", own.get("models", ()))
    if "allocator" in own:
        own["allocator"] = values.allocator(own["allocator"])
    if "suite" in known:
        own["suite"] = str(known["suite"])
    for name in {"tasks", "cells", "networks", "models"} & known.keys():
        own[name] = tuple(own[name])
    if own.get("models") and "weights" in known:
        raise own_nets.alone("--weights")
    if "weights" in known:
        own["weights"] = weights(known["weights"], given)
    registry = Registry.of(plugins)
    registry.rehearse()
    own["device"], own["devices"] = places(known.get("device", "cpu"), known.get("devices"))
    made = Request(
        backends=",".join(own.pop("backends", ["all"])),
        settings=settings(known),
        options=typed(values.split(assigned), registry),
        pythons=environments.parse(f"{name}={path}" for name, path in pythons.items()),
        plugins=tuple(plugins),
        **own,
    )
    return made, registry


def weights(net: Weights | Path | str, given: Mapping[str, Any]) -> Weights:
    """Return the trained weights to begin with: of a file, or of a run.

    Args:
        net: what :func:`rnnbench.api.reading.weights_of` takes, or what it returns.
        given: values by the name of their option; the runs are looked for where these go.
    """
    from rnnbench.weights.file import Weights

    if isinstance(net, Weights):
        return net
    where = surroundings(given)
    net = values.checked("--weights", values.path, net) or net
    return reading.weights_of(net, where["out"], where["audience"].tell)


def settings(known: Mapping[str, Any]) -> Settings:
    """Return the settings among some options."""
    names = [name for name in Settings.__struct_fields__ if name in known]
    return Settings(**{name: converted(name, known[name]) for name in names})


def converted(name: str, value: Any) -> Any:
    """Return the value of an option of this name as a request has it.

    Raises:
        UsageError: if it does not take it.
    """
    convert = (CONVERTERS | RANGE | setting_converters())[name]
    return values.checked(option_name(name), convert, value)


@cache
def setting_converters() -> dict[str, Callable[[Any], Any]]:
    """Return what converts the value of each setting, within the limits that the schema states."""
    limits = get_type_hints(Settings, include_extras=True)
    return {name: _converter(limits[name], kind) for name, kind in get_type_hints(Settings).items()}


def _converter(limits: Any, kind: Any) -> Callable[[Any], Any]:
    """Return what converts the value of a setting.

    Args:
        limits: its type with the limits.
        kind: the same without.
    """
    first, *_ = get_args(kind)
    if get_origin(first) is Literal:
        return values.word(*get_args(first))
    return values.flag if first is bool else values.number(limits)


def surroundings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return where a run goes and who follows it, for :func:`rnnbench.running.launch.begin`.

    Args:
        given: values by the name of their option.
    """
    name = given.get("name")
    return {
        "out": values.folder_of(given.get("out", "results")),
        "audience": audience_of(given.get("progress")),
        "reuse": values.checked("--reuse", values.flag, given.get("reuse", False)),
        "name": None if name is None else str(name),
        "wait": not values.checked("--no-wait", values.flag, given.get("no_wait", False)),
    }
