"""JSON, in ASCII; a table has its columns, its rows as objects, and how it was made."""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from rnnbench.report.formats.plain_columns import all_names, by_column, values
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
    names = all_names(table)
    columns = [own for column, cells in by_column(table) for own in exact(column, cells)]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def exact(column: Column, cells: Sequence[Cell]) -> list[list[Any]]:
    """Return what stands in the columns that a column becomes; a text among figures stays one."""
    found = values(column, cells)
    found[0] = [cell.value if isinstance(cell, Quantity) else cell for cell in cells]
    return found


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
