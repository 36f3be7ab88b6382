"""A line tells whether it is whole, and what it is."""

import json
import re
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import RECORDS, RUN, TIMING, TRAINED

from rnnbench.results import codec
from rnnbench.results.codec import Damaged, Unknown
from rnnbench.schema.records.beginning import Resumed

ALL = [*RECORDS, Resumed(started="2026-01-03T00:00:00+00:00", command=["rnnbench", "run"])]
LINE = codec.encode(TRAINED)[:-1]


def sealed(fields):
    """Return an object as a line with a checksum that is right."""
    body = json.dumps(fields).encode()
    return b'%b,"crc32":"%08x"}' % (body[:-1], zlib.crc32(body))


def unsealed(record):
    """Return a record as schema 2 wrote it."""
    return msgspec.json.encode(record)


def test_what_is_encoded_is_decoded():
    for record in ALL:
        line = codec.encode(record)
        assert line.count(b"\n") == 1
        assert codec.decode(line.removesuffix(b"\n")) == record


def test_a_checksum_is_that_of_the_line_without_it():
    fields = json.loads(LINE)
    assert list(fields)[-1] == "crc32"
    assert fields["crc32"] == f"{zlib.crc32(unsealed(TRAINED)):08x}"


@given(st.text(), st.text())
def test_whatever_is_said_in_it_a_line_stays_one(reason, reused):
    record = msgspec.structs.replace(TRAINED, reason=reason, reused=reused)
    line = codec.encode(record)
    assert line.index(b"\n") == len(line) - 1
    assert codec.decode(line[:-1]) == record


@given(place=st.integers(0, len(LINE) - 1), byte=st.integers(0, 255))
def test_any_byte_that_differs_is_found(place, byte):
    damaged = LINE[:place] + bytes([byte]) + LINE[place + 1 :]
    if damaged != LINE:
        with pytest.raises(Damaged):
            codec.decode(damaged)


def test_any_bit_that_differs_is_found():
    for place in range(len(LINE)):
        for bit in range(8):
            damaged = bytearray(LINE)
            damaged[place] ^= 1 << bit
            with pytest.raises(Damaged):
                codec.decode(bytes(damaged))


def test_any_part_of_a_line_is_found_to_be_one():
    for cut in range(len(LINE)):
        with pytest.raises(Damaged):
            codec.decode(LINE[:cut])
        with pytest.raises(Damaged):
            codec.decode(LINE[cut + 1 :])


def test_a_kind_that_is_not_known_is_no_damage():
    with pytest.raises(Unknown, match="song"):
        codec.decode(sealed({"record": "song", "verses": 3}))


@pytest.mark.parametrize("record", [RUN, TIMING, TRAINED], ids=lambda record: type(record).__name__)
def test_fields_that_are_not_known_are_read_over(record):
    fields = json.loads(unsealed(record)) | {"mood": "good", "deep": [{"er": None}]}
    assert codec.decode(sealed(fields)) == record


def test_a_line_of_schema_2_needs_no_checksum_and_is_read_if_it_has_one():
    for record in RECORDS:
        assert codec.decode(unsealed(record), checked=False) == record
        assert codec.decode(codec.encode(record)[:-1], checked=False) == record
    with pytest.raises(Damaged, match="cut off, or without its checksum"):
        codec.decode(unsealed(TRAINED))
    with pytest.raises(Damaged, match="its checksum differs"):
        codec.decode(LINE.replace(b'"seed":0', b'"seed":1'), checked=False)


@pytest.mark.parametrize(
    "line",
    [b"", b"null", b"[]", b"{", b"{}", b'{"record":7}', b'{"record":"run"}', b'{"record":"\xff"}'],
)
def test_what_is_no_record_is_damaged(line):
    with pytest.raises(Damaged, match=r"not a record: it |not a record: record ") as raised:
        codec.decode(line, checked=False)
    assert not re.search(r"msgspec|Expected|`|\$|Object", str(raised.value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("seeds", []), ("seeds", [0] * 1001), ("seeds", [-1]), ("rows", []), ("comparisons", [])],
        *[("processes", 0), ("processes", 10**9), ("precision", 0.0), ("precision", 1.0)],
        *[("timeout", 0.0), ("timeout", 1e308), ("memory_limit", 0)],
    ],
)
def test_a_plan_that_nobody_may_ask_for_is_damaged(name, value):
    fields = json.loads(unsealed(RUN))
    fields["plan"][name] = value
    with pytest.raises(Damaged, match=rf"not a record: plan\.{name}(\[0\])? is .*; it is "):
        codec.decode(sealed(fields))


@pytest.mark.parametrize("max_time", [0.0, 1e308])
def test_a_time_that_nobody_may_ask_for_is_damaged(max_time):
    fields = json.loads(unsealed(RUN))
    fields["plan"]["comparisons"][0]["max_time"] = max_time
    with pytest.raises(Damaged, match="max_time"):
        codec.decode(sealed(fields))


@pytest.mark.parametrize("nested", [b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_nested_too_deeply_is_damaged(nested):
    with pytest.raises(Damaged):
        codec.decode(b'{"record":"run","deep":' + nested, checked=False)
    assert codec.schema_of(nested) is None


def test_the_schema_is_told_whatever_else_a_line_holds():
    assert codec.schema_of(codec.encode(RUN)[:-1]) == RUN.schema
    assert codec.schema_of(b'{"record":"run","schema":77,"plan":[]}') == 77
    for line in (b"", b"[]", b'{"schema":3}', b'{"record":"run","schema":"3"}', LINE[:50]):
        assert codec.schema_of(line) is None


@pytest.mark.parametrize("name", ["cpu", "cpu:x", "cpu:9999", "tpu:0", "../cpu:0"])
def test_devices_are_those_that_workers_can_make(name):
    over = msgspec.structs.replace(TIMING.comparison, devices=["cpu:0", name])
    line = codec.encode(msgspec.structs.replace(TIMING, comparison=over))[:-1]
    with pytest.raises(Damaged, match="devices"):
        codec.decode(line)
