"""A table as Parquet: types kept, units with the columns, and how it was made with the file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec

from rnnbench.errors import UsageError
from rnnbench.report.formats import json
from rnnbench.report.formats.plain_columns import by_column, names, values
from rnnbench.report.tables import Column, Table

#: Under which name the metadata of a file say what it is and how it was made, as JSON.
METADATA = b"rnnbench"


def render(table: Table) -> bytes:
    """Return a table as the bytes of a Parquet file.

    Raises:
        UsageError: if pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "--format parquet needs pyarrow: pip install 'rnnbench[parquet]'"
        ) from error
    arrays = [
        pa.array(own, type_of(pa, column))
        for column, cells in by_column(table)
        for own in values(column, cells)
    ]
    made = pa.Table.from_arrays(arrays, schema=schema(pa, table))
    buffer = io.BytesIO()
    parquet.write_table(made, buffer)
    return buffer.getvalue()


def schema(pa: Any, table: Table) -> Any:
    """Return the names and types of the columns, each with its unit and title."""
    fields = [
        pa.field(name, type_of(pa, column), metadata=about_column(column))
        for column in table.columns
        for name in names(column)
    ]
    return pa.schema(fields, metadata={METADATA: msgspec.json.encode(json.about(table))})


def about_column(column: Column) -> dict[str, str]:
    """Return what stands beside a column in the schema."""
    found = {"title": column.title, "unit": column.unit, "better": column.better or ""}
    return {name: value for name, value in found.items() if value}


def type_of(pa: Any, column: Column) -> Any:
    """Return the type of what a column holds."""
    types = {"text": pa.string(), "flag": pa.bool_(), "count": pa.int64()}
    return types.get(column.kind, pa.float64())


def is_ours(path: Path) -> bool:
    """Return whether a Parquet file was written by us."""
    from pyarrow import ArrowException, parquet

    try:
        metadata = parquet.read_schema(path).metadata
    except (ArrowException, OSError):
        return False
    return METADATA in (metadata or {})
