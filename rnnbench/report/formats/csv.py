"""A table as CSV: plain numbers, the ends of an interval in columns of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from rnnbench.report.formats.plain_columns import all_names, by_column, values
from rnnbench.report.tables import Cell, Column, Table
from rnnbench.system.halves import in_halves
from rnnbench.text import plain

#: What makes a formula of a cell in a spreadsheet, if it begins a text; so does a control.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: So many rows are turned into columns at once: few enough to stay at hand.
AT_ONCE = 200


def render(table: Table) -> str:
    """Return a table: a header of keys, then its rows; what is not known is empty."""

    def lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
        beginnings = range(0, len(rows), AT_ONCE)
        return [lines_of(replace(table, rows=rows[at : at + AT_ONCE])) for at in beginnings]

    header = text_of([list(map(safe, all_names(table)))])
    return "".join([header, *in_halves(lines, table.rows, list[str])])


def lines_of(table: Table) -> str:
    """Return the rows of a table as lines."""
    columns = [own for column, cells in by_column(table) for own in written(column, cells)]
    return text_of(zip(*columns, strict=True))


def text_of(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as lines."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows)
    return made.getvalue()


def written(column: Column, cells: Sequence[Cell]) -> list[list[Any]]:
    """Return what stands in the columns that a column becomes."""
    found = values(column, cells)
    if column.kind not in ("text", "flag"):
        return found
    words = {cell: word(cell) for cell in set(found[0])}  # most stand in many rows
    return [[words[cell] for cell in found[0]]]


def word(cell: str | bool | None) -> str | None:
    """Return a text that no spreadsheet takes for a formula; yes and no as programs write them."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return None if cell is None else safe(cell)


def safe(text: str) -> str:
    """Return a text in one line, with a ``'`` before it if it could be taken for a formula."""
    line = plain(text)
    return f"'{line}" if text.startswith(FORMULA) or line.startswith(FORMULA) else line
