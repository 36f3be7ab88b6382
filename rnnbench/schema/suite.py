"""The contents of a suite file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rnnbench.schema.types import Above0, Options, Repeats, Size, SizeOrNone


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Sizes and training; what is None is left to the task's defaults."""

    hidden: Size | None = None
    layers: Size | None = None
    batch: Size | None = None
    embedding: SizeOrNone | None = None
    optimizer: Literal["sgd", "rmsprop", "adam"] | None = None
    lr: Above0 | None = None
    clip: Annotated[float, Meta(ge=0, le=1e9)] | None = None  # 0 for no clipping
    steps: SizeOrNone | None = None
    dtype: Literal["float32", "float64"] | None = None
    max_time: Above0 | None = None


class Block(Settings, forbid_unknown_fields=True, kw_only=True):
    """Every task with every cell, in these settings.

    Attributes:
        tasks: names of tasks.
        cells: names of cells.
        options: by the name of a task or a cell, its options.
    """

    tasks: Annotated[list[str], Meta(min_length=1)]
    cells: Annotated[list[str], Meta(min_length=1)]
    options: dict[str, Options] = {}


class Suite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a run compares.

    Attributes:
        description: one line.
        block: the blocks, in the order they are run.
        seeds: how often each row is trained, from initial weights and data of its own.
        max_time: seconds of timing per comparison.
        processes: fresh ones that each row is timed in; a verdict needs three.
        python: interpreters by the name of a backend or of an environment; see
            :mod:`rnnbench.plan.environments`.
        precision: half the relative width of the ratios' intervals at which timing stops early.
    """

    description: str = ""
    block: Annotated[list[Block], Meta(min_length=1)]
    seeds: Repeats = 1
    max_time: Above0 = 10.0
    processes: Repeats = 1
    python: dict[str, str] = {}
    precision: Annotated[float, Meta(gt=0, lt=1)] = 0.02
