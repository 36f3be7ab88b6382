"""JSON, in ASCII; a table has its columns, its rows as objects, and how it was made."""

from __future__ import annotations

import codecs
import json
from functools import lru_cache
from typing import Any

import msgspec

from rnnbench.report.formats.csv import names
from rnnbench.report.tables import Cell, Column, Quantity, Table


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Replace what is not ASCII by JSON's escapes; see :func:`codecs.register_error`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _escapes(error.object[error.start : error.end]), error.end


@lru_cache(1000)  # most are arrows and dots of ours
def _escapes(letters: str) -> str:
    return json.dumps(letters)[1:-1]


#: The name of the error handler.
ESCAPED = "rnnbench.escaped"
codecs.register_error(ESCAPED, _escaped)


def text_of(found: Any) -> str:
    """Return plain objects as indented JSON, in ASCII, which every output can take."""
    ascii_alone = msgspec.json.encode(found).decode().encode("ascii", ESCAPED)
    return msgspec.json.format(ascii_alone, indent=1).decode()


def render(table: Table) -> str:
    """Return a table as JSON."""
    return f"{text_of(plain_object(table))}\n"


def plain_object(table: Table) -> dict[str, Any]:
    """Return a table as a plain object; texts stay exactly as they are."""
    return about(table) | {"rows": row_objects(table)}


def about(table: Table) -> dict[str, Any]:
    """Return all of a table but its rows."""
    return {
        "rnnbench": "table",
        "title": table.title,
        "setting": table.setting,
        "notes": list(table.notes),
        "made": [msgspec.to_builtins(one) for one in table.made],
        "columns": list(map(heading, table.columns)),
    }


def row_objects(table: Table) -> list[dict[str, Any]]:
    """Return an object per row, one value or three per column."""
    return [
        {
            name: value
            for column, cell in zip(table.columns, row, strict=True)
            for name, value in values(column, cell)
        }
        for row in table.rows
    ]


def heading(column: Column) -> dict[str, Any]:
    """Return what a column is."""
    return {
        "key": column.key,
        "group": column.group,
        "title": column.title,
        "unit": column.unit,
        "kind": column.kind,
        "better": column.better,
        "naive": column.naive.value if column.naive else None,
    }


def values(column: Column, cell: Cell) -> list[tuple[str, Any]]:
    """Return the values of a cell by name; an estimate has three, of which a text is the first."""
    found = (cell.value, cell.low, cell.high) if isinstance(cell, Quantity) else (cell, None, None)
    return list(zip(names(column), found, strict=False))
