"""Damaged files, in a user's words: no word of a library's, and where it is."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from rnnbench.schema.json_faults import fault_of


class Sample(msgspec.Struct):
    seconds: Annotated[float, Meta(ge=0)]
    clean: bool = True


class Base(msgspec.Struct, tag_field="record", tag=str.lower):
    run: str = ""


class Timing(Base, kw_only=True):
    rows: list[Sample]
    pair: tuple[str, int] = ("", 0)
    ended: Literal["ok", "failed"] = "ok"
    first: Sample | None = None


class Other(Base, kw_only=True):
    seed: int
    key: str


@dataclasses.dataclass
class Problem:
    inputs: int
    targets: str = ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("{", "it is cut off"),
        ("[1,", "it is cut off"),
        ("hello", "it is no JSON from byte 0 on"),
        ('{"record": "other", seed}', "it is no JSON from byte 20 on"),
        ('{"record": "other", "seed": 1e999}', "a number in it is too large"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"record": "\udcff"}', "it is not UTF-8"),
        ("null", "it is null; it is a table"),
        ("[]", "it is []; it is a table"),
        ("{}", "it has no 'record'"),
        ('{"record": 7}', "record is 7; it is 'other' or 'timing'"),
        ('{"record": "peak"}', "record is 'peak'; it is 'other' or 'timing'"),
        ('{"record": "other"}', "it has no 'seed' and no 'key'"),
        ('{"record": "other", "key": "", "seed": 0.5}', "seed is 0.5; it is a whole number"),
        ('{"record": "other", "key": "", "seed": 1.0}', "seed is 1.0; it is a whole number"),
        ('{"record": "other", "key": null, "seed": 1}', "key is null; it is a text"),
        ('{"record": "other", "new": 1, "key": 3, "seed": 1}', "key is 3; it is a text"),
        ('{"record": "timing", "rows": {}}', "rows is {}; it is a list of tables"),
        ('{"record": "timing", "rows": [{}]}', "rows[0] has no 'seconds'"),
        (
            '{"record": "timing", "rows": [{"seconds": 1}, {"seconds": -1}]}',
            "rows[1].seconds is -1; it is a number of at least 0",
        ),
        (
            '{"record": "timing", "rows": [], "pair": ["", ""]}',
            "pair[1] is ''; it is a whole number",
        ),
        (
            '{"record": "timing", "rows": [], "pair": [""]}',
            'pair is [""]; it is a list of 2 values',
        ),
        (
            '{"record": "timing", "rows": [], "ended": "bad"}',
            "ended is 'bad'; it is 'failed' or 'ok'",
        ),
        (
            '{"record": "timing", "rows": [], "first": {"seconds": "1"}}',
            "first.seconds is '1'; it is a number of at least 0",
        ),
    ],
)
def test_what_and_where(text, told):
    assert fault_of(text.encode(errors="surrogateescape"), Timing | Other) == told


def test_what_fits_has_none():
    assert fault_of(b'{"record": "other", "seed": 1, "key": ""}', Timing | Other) is None


def test_dataclasses_have_fields_too():
    assert fault_of(b'{"inputs": "2"}', Problem) == "inputs is '2'; it is a whole number"
    assert fault_of(b'{"targets": "2"}', Problem) == "it has no 'inputs'"


def test_a_long_value_is_cut():
    text = msgspec.json.encode({"record": "other", "key": "", "seed": "x" * 1_000_000})
    assert len(fault_of(text, Timing | Other)) < 120
