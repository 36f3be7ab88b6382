"""A comparison's specification turned into objects: task, model, optimizer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, TypeVar, get_type_hints

import msgspec

from rnnbench.contracts.values import guarded
from rnnbench.errors import UsageError, unknown
from rnnbench.models.cell import Cell
from rnnbench.models.model import Model
from rnnbench.models.network import Network, Spec
from rnnbench.models.optimizer import Optimizer
from rnnbench.plan.checked_task import CheckedTask
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.types import Options
from rnnbench.schema.words import find_fault

T = TypeVar("T")
#: The kinds of plugins that have options.
Configurable: TypeAlias = Literal["task", "cell", "network"]


@dataclasses.dataclass(frozen=True)
class Built:
    """A comparison's specification turned into objects."""

    task: CheckedTask
    model: Model
    optimizer: Optimizer


def build(comparison: Comparison, registry: Registry) -> Built:
    """Return the task, the model and the optimizer of a comparison.

    Raises:
        UsageError: for a name or an option that does not exist, or a value out of range.
        PluginError: if one of its plugins can't be made, or says what it must not.
    """
    task = build_task(comparison.task, registry, comparison.task_options)
    network = configured("network", comparison.network, registry, comparison.network_options)
    cell: Cell | None = None
    if comparison.cell:
        cell = configured("cell", comparison.cell, registry, comparison.cell_options)
    problem = task.problem
    embedding = comparison.embedding if problem.tokens else 0
    spec = Spec(problem, cell, comparison.hidden, comparison.layers, embedding)
    who = f"network {comparison.network!r} of {registry.provenance('network', comparison.network)}"
    model = guarded(who, "its parts", lambda: made(network, spec))
    rule: Any = comparison.optimizer
    return Built(task, model, Optimizer(rule, comparison.lr, comparison.clip))


def build_task(name: str, registry: Registry, options: Options) -> CheckedTask:
    """Return a task with its options set; raises as :func:`build` does."""
    raw = configured("task", name, registry, options)
    return CheckedTask(raw, registry.provenance("task", name))


def made(network: Network, spec: Spec) -> Model:
    """Return a model that has been asked for its parts."""
    model = Model(network, spec)
    _ = model.parts
    return model


def configured(kind: Configurable, name: str, registry: Registry, options: Options) -> Any:
    """Return the plugin class ``name`` with its options set.

    Raises:
        UsageError: for an unknown name or option, or a value that the option can't take.
        PluginError: if the class raises while it is made.
    """
    plugin = checked_options(kind, name, registry, options)
    who = f"{kind} {name!r} of {registry.provenance(kind, name)}"
    return guarded(who, "making it", lambda: converted(name, plugin, options))


def checked_options(
    kind: Configurable, name: str, registry: Registry, options: Options
) -> type[Any]:
    """Return the plugin class ``name``, which has these options and can take their values.

    Raises:
        UsageError: for an unknown name or option, or a value that the option can't take.
    """
    known: Mapping[str, type[Any]] = getattr(registry, f"{kind}s")
    if name not in known:
        raise unknown(kind, name, known)
    plugin: type[Any] = known[name]
    fields = [field.name for field in dataclasses.fields(plugin)]
    hints = get_type_hints(plugin, include_extras=True)
    for option, value in options.items():
        if option not in fields:
            raise unknown(f"option of {name}", option, fields)
        if isinstance(value, int | float) and not abs(value) <= 1 << 62:  # nan is neither
            raise UsageError(f"{name}.{option}: {value} is not a finite number below 2**62")
        if fault := find_fault(value, hints[option]):
            raise UsageError(fault._replace(keys=(f"{name}.{option}",)).sentence)
    return plugin


def converted(name: str, plugin: type[T], options: Options) -> T:
    """Return a plugin class with its options set; UsageError where it refuses them together."""
    try:
        return msgspec.convert(options, plugin)
    except msgspec.ValidationError as error:
        raise UsageError(f"{name}: {error}") from None
