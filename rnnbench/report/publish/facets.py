"""What a figure depends on, in five facets: a pivot has one of them in its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import where
from rnnbench.report.publish.names import shortest
from rnnbench.report.publish.sources import Source, data, told
from rnnbench.schema.comparison import Comparison
from rnnbench.text import given, many

#: The facets that may be the rows; the fifth is the place: device, threads and dtype.
Pivot = Literal["cell", "task", "backend", "machine"]
PIVOTS: tuple[Pivot, ...] = get_args(Pivot)
#: Fields of a comparison that belong to the cell and to the place; all others are the task's.
OF_CELL = ("network", "network_options", "cell", "cell_options")
OF_PLACE = ("device", "threads", "dtype")


class Facet(NamedTuple):
    """One of the things that a figure depends on.

    Attributes:
        identity: equal where it is the same.
        labels: what it is called, the shortest first, if that tells it from others.
    """

    identity: Any
    labels: tuple[str, ...]


#: The facets of one figure, by name; together they say all that it depends on.
Facets = Mapping[str, Facet]


def facets(source: Source, one: RowResult) -> dict[str, Facet]:
    """Return the facets of a row of a run.

    Data belong to the task: what was trained on other data stands in another row or column.
    """
    comparison = source.planned[one.comparison].comparison
    fields = msgspec.structs.asdict(comparison)
    cell = as_text({name: fields.pop(name) for name in OF_CELL})
    place = where(one.device, one.threads, one.dtype)
    for name in OF_PLACE:
        del fields[name]
    return {
        "task": Facet((as_text(fields), data(one)), tuple(task_names(one))),
        "cell": Facet(cell, (one.model, f"{one.model} ({options(comparison)})")),
        "backend": Facet(one.row, (str(one.row),)),
        "place": Facet(place, (place,)),
        "machine": Facet(source.label, (source.label or source.made.place,)),
    }


def task_names(one: RowResult) -> Iterator[str]:
    """Yield what the task of a row may be called, beside others of the same name."""
    yield one.task
    yield f"{one.task}, T {one.length}"
    yield f"{one.task}, hidden {one.hidden}"
    yield f"{one.task}, batch {one.batch}"
    yield f"{one.task}, {many(one.steps, 'step')}"
    yield f"{one.task}, {one.sizes}"
    yield f"{one.task}, data {told(one)}"
    yield f"{one.task}, {one.training}"
    yield f"{one.task}, {one.sizes}, {one.comparison}"


def as_text(fields: Mapping[str, object]) -> bytes:
    """Return fields as one text, equal where they are."""
    return msgspec.json.encode(fields, order="sorted")


def options(comparison: Comparison) -> str:
    """Return what differs from the defaults of network and cell, in words."""
    chosen = {**comparison.network_options, **comparison.cell_options}
    return ", ".join(f"{name}={given(value)}" for name, value in chosen.items()) or "defaults"


def names(found: Iterable[Facet]) -> dict[Any, str]:
    """Return the shortest name of each facet by its identity."""
    return shortest({one.identity: one.labels for one in found})
