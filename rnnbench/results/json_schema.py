"""The JSON Schema of a line of a results file, as ``results.schema.json`` ships it."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.record import SCHEMA

CHECKSUM = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}$",
    "description": "CRC-32 of the line without this, its last field",
}


def schema() -> dict[str, Any]:
    """Return the schema; readers ignore fields and kinds of record that it does not name."""
    found = msgspec.json.schema(AnyRecord)
    for kind in AnyRecord.__args__:
        described = found["$defs"][kind.__name__]
        described["properties"]["crc32"] = CHECKSUM
        described["required"] = [*described["required"], "run", "crc32"]
    for described in found["$defs"].values():
        # Before 0.23 msgspec takes a docstring with the indentation of the code around it.
        if "description" in described:
            described["description"] = inspect.cleandoc(described["description"])
    title = f"A line of a results file of rnnbench, schema {SCHEMA}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **found}
