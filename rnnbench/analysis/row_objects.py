"""The columns of the rows of a run: their names, meanings, units and values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, get_args, get_type_hints

from rnnbench.analysis.row_result import Meaning, RowResult
from rnnbench.measure.estimates import Estimate
from rnnbench.schema.row import Row


class Column(NamedTuple):
    """A column of the table of a run.

    Attributes:
        name: what it is called in ``show --json``; it keeps its meaning.
        meaning: what it holds, in Markdown.
        unit: of its figures, empty where they have none.
        value: what a row has in it: a name, a count or a figure, None where that is not known.
    """

    name: str
    meaning: str
    unit: str
    value: Callable[[RowResult], Any]


@cache
def columns() -> tuple[Column, ...]:
    """Return the columns, in the order of the fields of a row."""
    hints = get_type_hints(RowResult, include_extras=True)
    return tuple(
        column for field, hint in hints.items() for column in _columns_of(field, *get_args(hint))
    )


def _columns_of(field: str, kind: object, meaning: Meaning) -> Iterator[Column]:
    """Yield the columns of one field: three of an estimate, and of a row."""
    text, unit = meaning
    if kind is Row:
        yield Column("backend", "name of the backend", unit, attrgetter("row.backend"))
        yield Column("variant", "name of the variant", unit, attrgetter("row.variant"))
        yield Column("environment", text, unit, lambda one: one.row.environment or None)
    elif Estimate in get_args(kind):
        yield Column(field, text, unit, _end(field, "value"))
        yield Column(f"{field}_low", "the lower end of its 95 % interval", unit, _end(field, "low"))
        yield Column(f"{field}_high", "the upper end", unit, _end(field, "high"))
    else:
        yield Column(field, text, unit, attrgetter(field))


def _end(field: str, end: str) -> Callable[[RowResult], float | None]:
    """Return what takes the value or an end of an estimate, None where there is none."""
    estimate, part = attrgetter(field), attrgetter(end)
    return lambda one: None if (found := estimate(one)) is None else part(found)


def objects(
    rows: Sequence[RowResult], wanted: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """Return rows as plain objects, one value per column.

    Args:
        rows: of one run.
        wanted: the names of the columns that are taken, None for all.

    In a column of counts that some rows lack all are floats, as in the data frame: scripts have
    seen them so.
    """
    taken = [column for column in columns() if wanted is None or column.name in wanted]
    names = [column.name for column in taken]
    values = [_alike(list(map(column.value, rows))) for column in taken]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _alike(values: list[Any]) -> list[Any]:
    """Return the values of a column, its counts as floats where some are not known."""
    if None not in values:
        return values
    return [float(value) if type(value) is int else value for value in values]
