"""The columns of a table as programs take them: one each, three where there are intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rnnbench.report.tables import Cell, Column, Quantity, Table

UNKNOWN = Quantity(None)


def names(column: Column) -> Iterator[str]:
    """Yield the names of the columns that a column becomes."""
    yield column.key
    if column.kind == "estimate":
        yield from (f"{column.key}_low", f"{column.key}_high")


def all_names(table: Table) -> list[str]:
    """Return the names of the columns that a table becomes."""
    return [name for column in table.columns for name in names(column)]


def values(column: Column, cells: Sequence[Cell]) -> list[list[Any]]:
    """Return what stands in these columns; a text among figures says nothing to a program."""
    if column.kind in ("text", "flag"):
        return [[None if isinstance(cell, Quantity) else cell for cell in cells]]
    figures = [cell if isinstance(cell, Quantity) else UNKNOWN for cell in cells]
    found: list[list[Any]] = [[one.value for one in figures]]
    if column.kind == "estimate":
        found += [[one.low for one in figures], [one.high for one in figures]]
    return found


def by_column(table: Table) -> Iterator[tuple[Column, Sequence[Cell]]]:
    """Yield the columns of a table, each with its cells."""
    cells = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    yield from zip(table.columns, cells, strict=True)
