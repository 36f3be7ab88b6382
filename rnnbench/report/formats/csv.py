"""A table as CSV: plain numbers, the ends of an interval in columns of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.text import plain

#: What makes a formula of a cell in a spreadsheet, if it begins a text; so does a control.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(table: Table) -> str:
    """Return a table: a header of keys, then its rows; what is not known is empty."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow([safe(name) for column in table.columns for name in names(column)])
    writer.writerows(
        [value for pair in zip(table.columns, row, strict=True) for value in values(*pair)]
        for row in table.rows
    )
    return made.getvalue()


def names(column: Column) -> Iterator[str]:
    """Yield the names of the columns that a column becomes: three where it has intervals."""
    yield column.key
    if column.kind == "estimate":
        yield from (f"{column.key}_low", f"{column.key}_high")


def values(column: Column, cell: Cell) -> list[str | float | None]:
    """Return what stands in these columns; a text among figures says nothing to a program."""
    if column.kind in ("text", "flag"):
        return [word(cell)]
    figure = cell if isinstance(cell, Quantity) else Quantity(None)
    if column.kind != "estimate":
        return [figure.value]
    return [figure.value, figure.low, figure.high]


def word(cell: Cell) -> str | float | None:
    """Return a text that no spreadsheet takes for a formula; yes and no as programs write them."""
    if isinstance(cell, Quantity):
        return cell.value
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return None if cell is None else safe(cell)


def safe(text: str) -> str:
    """Return a text in one line, with a ``'`` before it if it could be taken for a formula."""
    line = plain(text)
    return f"'{line}" if text.startswith(FORMULA) or line.startswith(FORMULA) else line
