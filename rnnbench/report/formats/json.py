"""JSON, in ASCII; a table has its columns, its rows as objects, and how it was made."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from rnnbench.report.formats.plain_columns import all_names, by_column, values
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.system.halves import in_halves


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
    """Return a table as JSON; texts stay exactly as they are."""

    def lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
        return [lines_of(row_objects(replace(table, rows=rows)))]

    parts = in_halves(lines, table.rows, list[str])
    return "".join(with_list(about(table) | {"rows": []}, "rows", parts))


def lines_of(items: list[Any]) -> str:
    """Return items as they stand in a list that is a field of an object: between the brackets."""
    text = text_of({"": items})
    return text[text.index("[") + 1 : text.rindex("]")].rstrip()


def with_list(found: Mapping[str, Any], name: str, parts: Sequence[str]) -> Iterator[str]:
    """Yield the pieces of a JSON text, which ends with a line.

    Args:
        found: all of it; one list in it is empty yet.
        name: of that list.
        parts: what is in it, as :func:`lines_of` returns it; what is empty is left out.
    """
    before, brackets, after = text_of(found).partition(f'"{name}": []')
    known = list(filter(None, parts))
    yield before
    yield brackets[:-1]
    for number, part in enumerate(known):
        yield "," * bool(number)
        yield part
    yield "\n ]" if known else "]"
    yield f"{after}\n"


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
