"""The options that make a difference; others have no part in a comparison, nor in its key."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from dataclasses import MISSING
from typing import Any

import msgspec
from msgspec.structs import replace

from rnnbench.contracts.task import VALIDATION_SPLIT
from rnnbench.contracts.values import asked, guarded, table
from rnnbench.errors import about
from rnnbench.plan.comparisons.build import Configurable, Tasks, configure, configured
from rnnbench.plan.comparisons.checked_task import CheckedTask
from rnnbench.plan.comparisons.training import training_in_effect
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.types import Options, Value
from rnnbench.schema.words import written

#: The share of what is trained on that is set aside for validation, unless told otherwise.
VALIDATED = 0.1


def in_effect(comparison: Comparison, tasks: Tasks) -> tuple[Comparison, list[str]]:
    """Return a comparison without the options that make no difference, and a line on each.

    Those at their defaults are left out without a word: that is no other comparison.

    Args:
        comparison: as it was asked for.
        tasks: those that were made so far; its task is one of them, or becomes one.

    Raises:
        UsageError: for a name or an option that does not exist, or a value out of range.
    """
    registry = tasks.registry
    is_split = VALIDATION_SPLIT in comparison.task_options
    comparison = replace(
        comparison,
        task_options=chosen("task", comparison.task, registry, comparison.task_options),
        cell_options=chosen("cell", comparison.cell, registry, comparison.cell_options),
        network_options=chosen("network", comparison.network, registry, comparison.network_options),
    )
    comparison, told = (comparison, []) if is_split else with_validation(comparison, tasks)
    task, network, spec = configure(comparison, tasks)
    who = f"network {network.name!r} of {registry.provenance('network', network.name)}"
    unused = asked(who, "unused()", lambda: network.unused(spec), table)
    given = comparison.network_options
    notes = [
        f"{network.name}.{option} = {written(value)} does nothing {unused[option]}"
        for option, value in given.items()
        if option in unused
    ]
    if comparison.embedding and not spec.embedding:
        notes.append(f"embedding = {comparison.embedding} does nothing where inputs are numbers")
    comparison, idle = training_in_effect(comparison, lambda: has_validation(task, comparison))
    notes += idle
    kept = {option: value for option, value in given.items() if option not in unused}
    return (
        replace(comparison, embedding=spec.embedding, network_options=kept),
        [*told, *(f"{comparison.task}: {note}, so it is left out" for note in notes)],
    )


def with_validation(comparison: Comparison, tasks: Tasks) -> tuple[Comparison, list[str]]:
    """Return a comparison whose task has data to stop a training by, where it may be stopped.

    A task that has none is given the option that sets some of what it trains on aside, if it has
    that option; then a line says so.

    Raises:
        UsageError: if the task can't be made.
    """
    name, options = comparison.task, comparison.task_options
    if comparison.patience is None or not comparison.steps:
        return comparison, []
    known = {field.name for field in dataclasses.fields(tasks.registry.tasks[name])}
    if VALIDATION_SPLIT not in known or has_validation(tasks.of(name, options), comparison):
        return comparison, []
    needs = f"patience = {comparison.patience} needs validation data"
    told = f"{name}: {needs}: {VALIDATION_SPLIT} = {VALIDATED}, unless set otherwise"
    return replace(comparison, task_options=options | {VALIDATION_SPLIT: VALIDATED}), [told]


def has_validation(task: CheckedTask, comparison: Comparison) -> bool:
    """Return whether a task has data by which a training may be stopped."""
    return task.validation(comparison.batch) is not None


def chosen(kind: Configurable, name: str, registry: Registry, options: Options) -> Options:
    """Return options without those at their defaults; ``1`` is ``1.0`` where a number is wanted.

    Raises:
        UsageError: for an option that does not exist, or a value out of range.
    """
    if not options:
        return {}
    with about(("options", name)):
        made = configured(kind, name, registry, options)
    defaults, found = defaults_of(name, type(made)), Options()
    for option, value in options.items():
        own = getattr(made, option)
        if not (option in defaults and is_same(own, defaults[option])):
            found[option] = float(value) if type(value) is int and type(own) is float else value
    return found


def defaults_by_name(comparisons: Iterable[Comparison], registry: Registry) -> dict[str, Options]:
    """Return the defaults of the options of all tasks, cells and networks, by name."""
    plugins: dict[str, type[Any]] = {}
    for one in comparisons:
        plugins[one.task] = registry.tasks[one.task]
        plugins[one.network] = registry.networks[one.network]
        if one.cell:
            plugins[one.cell] = registry.cells[one.cell]
    return {name: defaults_of(name, plugin) for name, plugin in plugins.items()}


def defaults_of(name: str, plugin: Any) -> Options:
    """Return the defaults of the options of a task, a cell or a network; nobody may change them.

    Only those that a file can hold: others can't be given.
    """
    return guarded(repr(name), "the default of an option", lambda: option_defaults(plugin))


@functools.cache  # thousands ask
def option_defaults(plugin: type[Any]) -> Options:
    """Return what a class has where an option is not given, by the name of the option."""
    fields = dataclasses.fields(plugin)
    found = {one.name: one.default for one in fields if one.default is not MISSING}
    for one in fields:
        if one.default_factory is not MISSING:
            found[one.name] = one.default_factory()
    return {option: value for option, value in found.items() if is_value(value)}


def is_value(value: Any) -> bool:
    """Return whether a value can be that of an option in a file."""
    try:
        return is_same(msgspec.json.decode(msgspec.json.encode(value), type=Value), value)
    except (TypeError, ValueError):  # an object, a number or a text that JSON does not have
        return False


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values are equal and of one type; ``True`` is no 1."""
    return type(one) is type(other) and bool(one == other)
