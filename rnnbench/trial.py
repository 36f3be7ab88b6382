"""Frozen specifications: what one block of the table compares, with a stable key."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from rnnbench.errors import UsageError, unknown
from rnnbench.sampling import Count, Positive

if TYPE_CHECKING:
    from rnnbench.cells import Cell
    from rnnbench.model import Model
    from rnnbench.optimizer import Optimizer
    from rnnbench.plugins import Registry
    from rnnbench.task import Task

#: What can be written as JSON.
Integer = Annotated[int, Meta(ge=-(1 << 62), le=1 << 62)]
Options = dict[str, bool | Integer | float | str]
T = TypeVar("T")


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that differ in backend and variant alone: everything but the row and the seed.

    Attributes:
        task: its name, and ``task_options`` what differs from its defaults.
        cell: its name, and ``cell_options`` likewise.
        hidden: units per layer.
        layers: how many.
        batch: examples per step.
        embedding: width of the embedding of tokens, 0 for one-hot.
        device: ``cpu`` or ``gpu:0`` ...
        dtype: ``float32`` or ``float64``.
        threads: of the CPU, the same for every worker.
        optimizer: its name; ``lr`` and ``clip`` as in :class:`rnnbench.optimizer.Optimizer`.
        steps: how many steps are trained; 0 times only.
    """

    task: str
    cell: str
    hidden: Positive
    layers: Positive
    batch: Positive
    embedding: Count
    device: str
    dtype: str
    threads: Positive
    optimizer: str
    lr: float
    clip: float | None
    steps: Count
    task_options: Options = {}
    cell_options: Options = {}

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits that name this comparison across runs."""
        text = msgspec.json.encode(self, order="sorted")
        return hashlib.sha256(text).hexdigest()[:12]

    def build(self, registry: Registry) -> Built:
        """Return the task, the model and the optimizer.

        Raises:
            UsageError: for a name or an option that does not exist, or a value out of range.
        """
        from rnnbench.model import Model
        from rnnbench.optimizer import Optimizer

        task = configured("task", self.task, registry.tasks, self.task_options)
        cell = configured("cell", self.cell, registry.cells, self.cell_options)
        shape = dataclasses.asdict(task.problem)
        model = Model(
            cell,
            hidden=self.hidden,
            layers=self.layers,
            embedding=self.embedding if task.problem.tokens else 0,
            **shape,
        )
        rule: Any = self.optimizer
        return Built(task, cell, model, Optimizer(rule, self.lr, self.clip))


@dataclasses.dataclass(frozen=True)
class Built:
    """A comparison's specification turned into objects."""

    task: Task
    cell: Cell
    model: Model
    optimizer: Optimizer


def configured(kind: str, name: str, known: dict[str, type[T]], options: Options) -> T:
    """Return the plugin class ``name`` with its options set.

    Raises:
        UsageError: for an unknown name or option, or a value that the option can't take.
    """
    if name not in known:
        raise unknown(kind, name, known)
    fields = [f.name for f in dataclasses.fields(known[name])]  # type: ignore[arg-type]
    for option, value in options.items():
        if option not in fields:
            raise unknown(f"option of {name}", option, fields)
        if isinstance(value, int | float) and not abs(value) <= 1 << 62:  # nan is neither
            raise UsageError(f"{name}.{option}: {value} is not a finite number below 2**62")
    try:
        return msgspec.convert(options, known[name])
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$.")
        option = place.rstrip("`")
        choices = get_args(get_type_hints(known[name]).get(option))
        possible = f"; it is one of {', '.join(map(str, choices))}" if "enum" in what else ""
        raise UsageError(f"{name}.{option}: {what[0].lower()}{what[1:]}{possible}") from None
