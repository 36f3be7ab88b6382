"""A panel: one picture of one comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.one_run.columns import by_ratio
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row

#: A piece of a Vega-Lite description.
Spec = dict[str, Any]
#: What is drawn, by the names that a form gives it: lines of fields.
Data = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, eq=False)
class Form:
    """What pictures that look alike share: Vega-Lite layers over data that they only name.

    It is made once for all of them, and stands once on a page that has thousands.

    Attributes:
        description: of the layers, without title, width and colours of the page.
    """

    description: Spec

    def filled(self, data: Data) -> Spec:
        """Return the description with the data in it."""
        layers = [filled(layer, data) for layer in self.description["layer"]]
        return filled(self.description, data) | {"layer": layers}


def filled(part: Spec, data: Data) -> Spec:
    """Return a part of a description with the data that it names."""
    return part | {"data": {"values": data[part["data"]["name"]]}} if "data" in part else part


@dataclass(frozen=True)
class Panel:
    """One picture of one comparison.

    Attributes:
        title: task and model; ``setting`` sizes, device, threads and dtype.
        form: how it is drawn.
        data: what is drawn.
        words: what it shows, for those who can't see it.
        notes: what is told of its rows, where no table beside it tells it.
        caveats: what it lacks itself, such as an interval; it is told below it everywhere.
    """

    title: str
    setting: str
    form: Form
    data: Data
    words: str
    notes: Sequence[str] = field(default_factory=list)
    caveats: Sequence[str] = field(default_factory=list)

    @property
    def told(self) -> list[str]:
        """What stands below a picture alone."""
        return [*self.notes, *self.caveats]

    @property
    def description(self) -> Spec:
        """The form with the data in it."""
        return self.form.filled(self.data)


@dataclass(frozen=True)
class Comparison:
    """What a picture is drawn from: one comparison of one run.

    Attributes:
        results: its rows, in the order of the plan.
        trainings: of each row, one per seed.
        beside: the names of rows that are drawn beside them, with which they share colours.
    """

    results: Sequence[RowResult]
    trainings: Mapping[Row, Sequence[Training]] = field(default_factory=dict)
    beside: Sequence[str] = ()

    @property
    def first(self) -> RowResult:
        """One of its rows, for what they share."""
        return self.results[0]

    @cached_property
    def ranked(self) -> Sequence[RowResult]:
        """Its rows in the order in which a table has them, the fastest first."""
        return sorted(self.results, key=by_ratio)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all rows in their own order, so that a row has its colour everywhere."""
        return tuple(sorted({*(str(one.row) for one in self.results), *self.beside}))
