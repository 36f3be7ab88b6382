"""The JSON Schema that ships, against what is written."""

import inspect
import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from specimens import RECORDS, THREE_PROCESSES

from rnnbench.results import codec, json_schema
from rnnbench.results.json_schema import schema
from rnnbench.schema.records.beginning import Resumed

RESUMED = Resumed(started="2026-01-02T03:04:05+00:00", command=["rnnbench", "run", "--resume"])
SHIPPED = json.loads((Path(json_schema.__file__).parent / "results.schema.json").read_text())


def test_what_ships_is_what_the_records_are():
    assert schema() == SHIPPED


def test_descriptions_have_no_indentation_of_the_code():
    described = {name: kind.get("description", "") for name, kind in SHIPPED["$defs"].items()}
    assert described == {name: inspect.cleandoc(text) for name, text in described.items()}
    assert any("\n" in text for text in described.values())


@pytest.mark.parametrize("record", [*RECORDS, THREE_PROCESSES, RESUMED])
def test_every_record_is_as_the_schema_says(record):
    jsonschema.validate(json.loads(codec.encode(record)), SHIPPED)


@pytest.mark.parametrize(
    "changes", [{"record": "song"}, {"seed": -1}, {"status": "fine"}, {"crc32": "xyz"}, {"key": 3}]
)
def test_what_is_no_record_is_not(changes):
    found = json.loads(codec.encode(RECORDS[6])) | changes
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, SHIPPED)


def test_a_line_without_its_checksum_is_not():
    with pytest.raises(jsonschema.ValidationError, match="crc32"):
        jsonschema.validate(json.loads(msgspec.json.encode(RECORDS[6])), SHIPPED)
