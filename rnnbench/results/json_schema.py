"""The JSON Schema of a line of a results file, as ``results.schema.json`` ships it."""

from __future__ import annotations

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
    title = f"A line of a results file of rnnbench, schema {SCHEMA}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **found}
