"""A comparison's specification turned into objects: task, model, optimizer."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias, TypeVar, get_type_hints

import msgspec
import numpy as np

from rnnbench.contracts.values import asked, flag, guarded
from rnnbench.errors import UsageError, about, unknown
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.cell import Cell
from rnnbench.models.model import Model
from rnnbench.models.network import Network, Spec, unfit
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.models.training.windows import windows
from rnnbench.plan.comparisons.checked_task import CheckedTask
from rnnbench.plan.comparisons.training import optimizer_of
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.types import Options
from rnnbench.schema.words import Fault, find_fault
from rnnbench.weights.file import Weights
from rnnbench.weights.fitting import begun

T = TypeVar("T")
#: The kinds of plugins that have options.
Configurable: TypeAlias = Literal["task", "cell", "network"]


@dataclasses.dataclass(frozen=True)
class Built:
    """A comparison's specification turned into objects."""

    task: CheckedTask
    model: Model
    optimizer: Optimizer
    window: int | None = None
    patience: int | None = None

    @property
    def carries_state(self) -> bool:
        """Whether a training step starts from the state after the one before."""
        return self.task.carries_state or self.window is not None

    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Return the task's training batches, each with what the core decides of its step.

        They are windows of those of the task where backpropagation is truncated. What is decided is
        the rate, where the optimizer has a schedule, and dropout masks where the model
        wants some. They are the same for the same seed, whatever the backend.
        """
        batches: Iterator[Batch] = self.task.training(batch, seed)
        if self.window is not None:
            stride = self.model.spec.stride or self.window
            batches = windows(batches, self.window, stride, self.task.carries_state)
        if not self.optimizer.schedule.is_constant:
            batches = rated(batches, self.optimizer)
        return noisy(batches, self.model, seed) if self.model.is_noisy else batches


def rated(batches: Iterator[Batch], optimizer: Optimizer) -> Iterator[Batch]:
    """Yield batches with the learning rate of each step."""
    for step, batch in enumerate(batches, 1):
        yield batch._replace(rate=optimizer.rate(step))


def noisy(batches: Iterator[Batch], model: Model, seed: int) -> Iterator[Batch]:
    """Yield batches with the dropout masks of a model, drawn anew for each."""
    rng = np.random.default_rng([seed, 2])
    for number, batch in enumerate(batches):
        yield batch._replace(noise=model.noise(rng, batch, number))


class Tasks:
    """The tasks of a process, each made once for its options: what it has read of a file it keeps.

    So the data that were verified are the data that are used, whatever becomes of the file. The
    networks and the cells that they are done by are made once, too.

    Attributes:
        registry: where they are found.
        weights: what models begin with that do not draw their weights.
        probed: the cells that have made a step, each for its options.
    """

    def __init__(self, registry: Registry, weights: Weights | None = None) -> None:
        """Make none yet."""
        self.registry = registry
        self.weights = weights
        self.probed: set[tuple[str, bytes]] = set()
        self._made: dict[tuple[str, bytes], CheckedTask] = {}
        self._models: dict[tuple[str, str, bytes], Any] = {}

    @property
    def remarks(self) -> list[str]:
        """What a user should know of the data of all of them, each line once."""
        return list(dict.fromkeys(line for task in self._made.values() for line in task.remarks))

    def of(self, name: str, options: Options) -> CheckedTask:
        """Return a task, the same one for the same options.

        Raises:
            UsageError: for a name or an option that does not exist, or a value out of range.
            PluginError: if the task can't be made.
        """
        key = with_options(name, options)
        if key not in self._made:
            raw = configured("task", name, self.registry, options)
            self._made[key] = CheckedTask(raw, self.registry.provenance("task", name))
        return self._made[key]

    def network(self, name: str, options: Options) -> Network:
        """Return a network, the same one for the same options; raises as :meth:`of` does."""
        found: Network = self._model("network", name, options)
        return found

    def cell(self, name: str, options: Options) -> Cell:
        """Return a cell, the same one for the same options; raises as :meth:`of` does."""
        found: Cell = self._model("cell", name, options)
        return found

    def _model(self, kind: Configurable, name: str, options: Options) -> Any:
        key = (kind, *with_options(name, options))
        if key not in self._models:
            with about(("options", name)):
                made = configured(kind, name, self.registry, options)
                if kind == "network":
                    who = f"network {name!r} of {self.registry.provenance('network', name)}"
                    asked(who, "causal", lambda: made.causal, flag)
            self._models[key] = made
        return self._models[key]


def with_options(name: str, options: Options) -> tuple[str, bytes]:
    """Return what tells a plugin with its options from the same one with others."""
    return name, msgspec.json.encode(options, order="sorted")


def build(comparison: Comparison, tasks: Tasks) -> Built:
    """Return the task, the model and the optimizer of a comparison.

    Args:
        comparison: the specification.
        tasks: those that were made so far; its task is one of them, or becomes one.

    Raises:
        UsageError: for a name or an option that does not exist, or a value out of range.
        PluginError: if one of its plugins can't be made, or says what it must not.
    """
    task, network, spec = configure(comparison, tasks)
    name = comparison.network
    who = f"network {name!r} of {tasks.registry.provenance('network', name)}"
    with about(("options", name), ("networks",)):
        model = guarded(who, "its parts", lambda: made(comparison, network, spec, tasks.registry))
    if comparison.weights:
        model = begun(model, comparison, tasks.weights, task.reads)
    own = (comparison.window, comparison.patience)
    return Built(task, model, optimizer_of(comparison), *own)


def configure(comparison: Comparison, tasks: Tasks) -> tuple[CheckedTask, Network, Spec]:
    """Return the task and the network of a comparison, and what the network is built for.

    Raises:
        UsageError: as :func:`build` does.
    """
    with about(("options", comparison.task)):
        task = tasks.of(comparison.task, comparison.task_options)
        problem = task.problem
    network = tasks.network(comparison.network, comparison.network_options)
    cell = tasks.cell(comparison.cell, comparison.cell_options) if comparison.cell else None
    embedding = comparison.embedding if problem.tokens else 0
    sizes = (comparison.hidden, comparison.layers, embedding)
    carried = task.carries_state or comparison.window is not None
    return task, network, Spec(problem, cell, *sizes, carried, comparison.stride or 0)


def made(comparison: Comparison, network: Network, spec: Spec, registry: Registry) -> Model:
    """Return a model that has been asked for its parts.

    Raises:
        UsageError: if the network is not for the task, naming those that have such outputs.
    """
    if reason := unfit(network, spec.problem):
        targets = spec.problem.targets
        able = [name for name, known in registry.networks.items() if targets in known.solves]
        instead = f"; --networks {','.join(able)} can" if able and network.name not in able else ""
        instead += ", and all takes what is for each task" if instead else ""
        raise UsageError(f"{comparison.task}: {reason}{instead}")
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
    hints = option_types(name, plugin)
    for option, value in options.items():
        if option not in fields:
            raise unknown(f"option of {name}", option, fields)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, int | float) and not abs(one) <= 1 << 62:  # nan is neither
                raise UsageError(f"{name}.{option}: {one} is not a finite number below 2**62")
        if fault := misfit(name, value, hints[option]):
            raise UsageError(fault._replace(keys=(f"{name}.{option}",)).sentence)
    return plugin


def option_types(name: str, plugin: Any) -> dict[str, Any]:
    """Return the declared types of the options of a task or a cell, which is given as its class.

    Raises:
        PluginError: if one is named that does not exist.
    """
    return guarded(repr(name), "the type of an option", lambda: type_hints(plugin))


@functools.cache  # each evaluation compiles every type of the class, and thousands ask
def type_hints(plugin: type[Any]) -> dict[str, Any]:
    """Return the types that a class declares, by the name of the field; nobody may change them."""
    return get_type_hints(plugin, include_extras=True)


def misfit(name: str, value: Any, hint: Any) -> Fault | None:
    """Return why a value is none of an option's type, None if it is one.

    Raises:
        PluginError: if the type is none that a value could be checked against.
    """
    return guarded(repr(name), "the type of an option", lambda: find_fault(value, hint))


def converted(name: str, plugin: type[T], options: Options) -> T:
    """Return a plugin class with its options set; UsageError where it refuses them together."""
    if fault := find_fault(options, plugin):
        raise UsageError(f"{name}: {fault.located}")
    return msgspec.convert(options, plugin)
