"""A suite file: what a run compares, and the settings of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rnnbench.schema.comparison import NETWORK
from rnnbench.schema.plan import Metric
from rnnbench.schema.types import (
    Above0,
    Figure,
    Momentum,
    NotNegative,
    OptimizerName,
    Options,
    Repeats,
    ScheduleName,
    Score,
    Share,
    Size,
    SizeOrZero,
)


def about(panel: str, help: str | None = None, metavar: str | None = None) -> Meta:
    """Return what the help page says of a setting.

    Args:
        panel: the part of the page that it is in.
        help: one sentence.
        metavar: what stands for its value, if not N for a whole number and X for another.
    """
    told = {"rich_help_panel": panel, "help": help, "metavar": metavar}
    return Meta(extra={name: text for name, text in told.items() if text is not None})


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Sizes and training; what is None is left to the task's defaults.

    Each is a key of a suite, and an option of the command line with the limits and the help that
    stand here; see :mod:`rnnbench.cli.options.signature`. All but ``target`` and ``max_time``
    become the field of that name of a :class:`rnnbench.schema.comparison.Comparison`.
    """

    dtype: Annotated[Literal["float32", "float64"] | None, about("Where")] = None
    hidden: Annotated[Size | None, about("Model", "Units per layer.")] = None
    layers: Annotated[Size | None, about("Model", "Layers, one above the other.")] = None
    embedding: Annotated[
        SizeOrZero | None, about("Model", "Width of the embedding of tokens; 0 feeds them one-hot.")
    ] = None
    steps: Annotated[
        SizeOrZero | None,
        about("Training", "Training steps (updates); 0 times and does not train."),
    ] = None
    batch: Annotated[Size | None, about("Training", "Examples per step.")] = None
    optimizer: Annotated[OptimizerName | None, about("Training")] = None
    lr: Annotated[Above0 | None, about("Training", "Learning rate.")] = None
    clip: Annotated[
        NotNegative | None,
        about("Training", "Largest global norm of the gradient; 0 for no clipping."),
    ] = None
    clip_value: Annotated[
        NotNegative | None,
        about("Training", "Largest entry of the gradient, clipped before its norm; 0 for any."),
    ] = None
    momentum: Annotated[Momentum | None, about("Training", "Momentum of sgd; 0.9 by default.")] = (
        None
    )
    nesterov: Annotated[bool | None, about("Training", "Whether it is Nesterov's.")] = None
    weight_decay: Annotated[
        NotNegative | None,
        about("Training", "Decay of adamw, which is no part of the gradient; 0.01 by default."),
    ] = None
    schedule: Annotated[
        ScheduleName | None,
        about("Training", "What becomes of the learning rate."),
    ] = None
    warmup: Annotated[
        SizeOrZero | None, about("Training", "Steps in which the rate rises from 0 at first.")
    ] = None
    drop: Annotated[
        Share | None,
        about("Training", "What the schedule step multiplies the rate by; 0.1 by default."),
    ] = None
    drop_every: Annotated[
        Size | None,
        about("Training", "After how many steps it does; a third of the training by default."),
    ] = None
    window: Annotated[
        Size | None,
        about("Training", "Time steps that a gradient goes back (truncated BPTT); all by default."),
    ] = None
    stride: Annotated[
        Size | None,
        about("Training", "Time steps from one window to the next; those of a window by default."),
    ] = None
    patience: Annotated[
        Size | None,
        about(
            "Training",
            "Stop after so many steps without a better score on validation data, and keep the best "
            "weights.",
        ),
    ] = None
    target: Annotated[
        Score | None,
        about(
            "Training",
            "Score that a training is to reach, in place of the task's own: the table tells after "
            "how many steps and seconds it does.",
            "SCORE",
        ),
    ] = None
    max_time: Annotated[
        Above0 | None, about("Timing", "Seconds of timing per comparison.", "S")
    ] = None


class Scaled(Settings, forbid_unknown_fields=True, kw_only=True):
    """What a block has in place of its own settings with ``--scaled``: a ``[block.scaled]``.

    Attributes:
        options: by the name of a task, a cell or a network, its options; others stay.
    """

    options: dict[str, Options] = {}


class Reference(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A figure that others have printed, shown beside ours; a ``[[block.reference]]`` of a suite.

    Attributes:
        metric: the figure of a row that it stands beside.
        value: in the unit of ours.
        unit: that of ours: ``ms`` of a time, ``nats`` or ``squared error`` of a loss, of a score
            its name, as ``accuracy``.
        source: where it is printed: the paper and its table.
        task: that it is of, empty for all of the block; ``network`` and ``cell`` likewise.
        row: that it is of, as ``torch`` or ``torch:fused``, empty for all.
    """

    metric: Metric
    value: Figure
    unit: str
    source: str
    task: str = ""
    network: str = ""
    cell: str = ""
    row: str = ""


class Grid(Settings, forbid_unknown_fields=True, kw_only=True):
    """Every task with every network and cell, in these settings; a ``[[block]]`` of a suite.

    Attributes:
        tasks: names of tasks.
        cells: names of cells; ``all`` is every one that is installed. None where no network is made
            of any.
        networks: names of networks; ``all`` is every one that a task admits.
        options: by the name of a task, a cell or a network, its options.
        scaled: what is run in place of a protocol that takes hours, where that is asked for.
        references: figures that others have printed.
    """

    tasks: Annotated[list[str], Meta(min_length=1)]
    cells: Annotated[list[str], Meta(min_length=1)] = msgspec.field(default_factory=list)
    networks: Annotated[list[str], Meta(min_length=1)] = msgspec.field(
        default_factory=lambda: [NETWORK]
    )
    options: dict[str, Options] = {}
    scaled: Scaled = msgspec.field(default_factory=Scaled)
    references: list[Reference] = msgspec.field(default_factory=list, name="reference")


class Suite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a run compares.

    What the command line may overrule of it is in :mod:`rnnbench.cli.options.measurement` and
    :mod:`rnnbench.plan.request`, too.

    Attributes:
        description: one line.
        grids: in the order they are run.
        backends: the rows that ``--backends all`` means, as there: ``["jax:scan", "torch:all"]``;
            empty for every installed backend.
        seeds: how often each row is trained, from initial weights and data of its own.
        max_time: seconds of timing per comparison.
        processes: fresh ones that each row is timed in; a verdict needs three.
        python: interpreters by the name of a backend or of an environment; see
            :mod:`rnnbench.plan.environments`.
        precision: half the relative width of the ratios' intervals at which timing stops early.
    """

    description: str = ""
    grids: Annotated[list[Grid], Meta(min_length=1)] = msgspec.field(name="block")
    backends: list[str] = []
    seeds: Repeats = 1
    max_time: Above0 = 10.0
    processes: Repeats = 1
    python: dict[str, str] = {}
    precision: Annotated[float, Meta(gt=0, lt=1)] = 0.02
