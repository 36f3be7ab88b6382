"""A panel: one picture of one comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rnnbench.analysis.row_result import RowResult
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row

#: A piece of a Vega-Lite description.
Spec = dict[str, Any]


@dataclass(frozen=True)
class Panel:
    """One picture of one comparison.

    Attributes:
        title: task and model; ``setting`` sizes, device, threads and dtype.
        description: its Vega-Lite layers, without title, width and colours of the page.
        words: what it shows, for those who can't see it.
        notes: what stands below it.
    """

    title: str
    setting: str
    description: Spec
    words: str
    notes: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """What a picture is drawn from: one comparison of one run.

    Attributes:
        results: its rows, in the order of the plan.
        trainings: of each row, one per seed.
    """

    results: Sequence[RowResult]
    trainings: Mapping[Row, Sequence[Training]] = field(default_factory=dict)

    @property
    def first(self) -> RowResult:
        """One of its rows, for what they share."""
        return self.results[0]

    @cached_property
    def names(self) -> list[str]:
        """The names of its rows, in the order of the plan."""
        return [str(one.row) for one in self.results]
