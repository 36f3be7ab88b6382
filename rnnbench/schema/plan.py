"""The plan of a run."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rnnbench.schema.comparison import Comparison
from rnnbench.schema.row import OwnNet, Row
from rnnbench.schema.types import (
    MOST_REPEATS,
    Above0,
    Allocator,
    Count,
    Figure,
    Options,
    Positive,
    Repeats,
    Share,
)

#: The size that a scaling run varies; ``length`` is that of the sequences.
Over = Literal["length", "batch", "hidden", "layers", "devices"]
#: Sizes for a fit: three parameters, and one degree of freedom to judge them by.
FEWEST_SIZES = 4

#: The figures of a row that a printed one may stand beside, by their names in ``show --json``.
Metric = Literal["score", "loss", "train_step_ms", "forward_ms"]


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that others have printed of some rows of a comparison.

    Attributes:
        metric: the figure of a row that it stands beside.
        value: in ``unit``, which is that of ours.
        source: where it is printed.
        row: the rows that it is of, as ``torch`` or ``torch:fused``, empty for all.
    """

    metric: Metric
    value: Figure
    unit: str
    source: str
    row: str = ""


class Planned(msgspec.Struct, frozen=True):
    """One comparison of a plan.

    Attributes:
        comparison: what is compared.
        sizes: its sizes in words: ``T 50, batch 32, 2 → 64 → 1``.
        tokens: whether its inputs are tokens.
        max_time: seconds of timing.
        naive_score: the score of a predictor that has learnt nothing; ``naive_loss`` its loss.
        score_name: the name of the score, with its unit.
        higher_is_better: whether a higher score is better.
        data_hash: SHA-256 of the task's data, None where the task makes its own.
        task_version: see :class:`rnnbench.Task`.
        cell_plugin: distribution, version and source hash of the cell's plugin, empty where there
            is no cell; ``task_plugin`` and ``network_plugin`` likewise.
        split: which part of the data is trained on and which is scored, in words and numbers; None
            where the task makes its own, and in older files.
        inputs: features of each step that the first recurrent layer is fed; None where there is no
            such layer, and in older files.
        printed: figures of others, all of one metric.
        departs: in what the comparison is not the one that they are of, in words; empty in nothing.
        target: the score that trainings are to reach: of the task, unless another was asked for;
            None where there is none, and in older files. It changes nothing in a training.
    """

    comparison: Comparison
    sizes: str
    tokens: bool
    max_time: Above0
    naive_score: float
    naive_loss: float
    score_name: str
    higher_is_better: bool
    data_hash: str | None
    task_version: Count
    cell_plugin: str
    task_plugin: str
    split: str | None = None
    network_plugin: str = ""
    inputs: Positive | None = None
    printed: list[Printed] = []
    departs: str = ""
    target: Figure | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a larger plan a plan is.

    Attributes:
        number: its number, from 1, of ``of``.
        whole: digest of the whole plan, the same for all its parts.
        chunk: the comparisons are ``chunk``, ``chunk + chunks`` ... of the whole plan, from 0.
        chunks: how many such there are; fewer than parts where seeds are apart.
        seeds: of the whole plan.
        timed: whether it times its comparisons; of parts that train other seeds of the same
            comparisons only the first one does.
    """

    number: Positive
    of: Positive
    whole: str
    chunk: Count
    chunks: Positive
    seeds: list[Count]
    timed: bool = True

    def place(self, index: int) -> int:
        """Return where in the whole plan a comparison of this one stands, both from 0."""
        return self.chunk + index * self.chunks

    def __str__(self) -> str:
        """Return it as ``--part`` takes it."""
        return f"{self.number}/{self.of}"


class Plan(msgspec.Struct, frozen=True, dict=True):  # a dict, for what is found out once
    """Everything that a run is going to do, within the limits of what may be asked for.

    Attributes:
        suite: the name or path it came from; ``suite_hash`` is the SHA-256 of the file, empty where
            there is none.
        comparisons: in the order they are run.
        rows: the same for each of them.
        seeds: each row is trained with each.
        processes: fresh ones that each row is timed in.
        precision: at which timing stops early.
        missing: backends that ``all`` would mean, were they installed.
        scale: the size that differs between the comparisons of a scaling run, None for other runs.
        pythons: interpreters by the name of a backend or of an environment.
        plugins: the values of ``-p``.
        timeout: seconds that a worker may be silent.
        memory_limit: bytes of data that a worker may hold, None for no limit.
        allocator: what workers do with memory that a step has freed.
        notes: what the user was told of it: texts that were not as they should be, and what of the
            suite does nothing.
        defaults: the options of each task, cell and network by its name, where they are at their
            defaults, which comparisons leave out; empty in older files, whose comparisons may have
            some.
        weights: the file of trained weights that rows begin with, as it was named, empty where they
            are drawn. Its SHA-256 is that of each comparison.
        save_weights: whether those of each training are written to a file.
        stream: whether rows are given one step at a time, and nothing else is measured.
        unnamed: those of the rows that ``:all`` means and that nobody has named; where one can't
            compute a comparison, it isn't shown there.
        own: those of the rows that are nets of the user's.
        part: of which plan it is a part, None where it is whole.
    """

    suite: str
    suite_hash: str
    comparisons: Annotated[list[Planned], Meta(min_length=1)]
    rows: Annotated[list[Row], Meta(min_length=1)]
    seeds: Annotated[list[Count], Meta(min_length=1, max_length=MOST_REPEATS)]
    processes: Repeats
    precision: Share
    missing: list[str]
    scale: Over | None = None
    pythons: dict[str, str] = {}
    plugins: list[str] = []
    timeout: Above0 = 600.0
    memory_limit: Positive | None = None
    notes: list[str] = []
    defaults: dict[str, Options] = {}
    weights: str = ""
    save_weights: bool = False
    stream: bool = False
    unnamed: list[Row] = []
    allocator: Allocator = "default"
    own: list[OwnNet] = []
    part: Part | None = None

    @cached_property
    def by_key(self) -> dict[str, Planned]:
        """Its comparisons, by key."""
        return {one.comparison.key: one for one in self.comparisons}
