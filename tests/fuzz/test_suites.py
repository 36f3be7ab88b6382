"""Whatever a suite file holds, it is a suite, or it is said in one line what is wrong with it."""

import json
import tomllib
from contextlib import suppress

import pytest
from fuzzing import VALUES, places, tries
from hypothesis import example, given
from hypothesis import strategies as st

from rnnbench.errors import UsageError
from rnnbench.plan.suites import files
from rnnbench.plan.suites.toml_lines import lines_of
from rnnbench.schema.suite import Grid, Suite
from rnnbench.text import plain

#: Pieces of TOML, so that random text has some form.
PIECES = st.sampled_from(
    [
        *("[[block]]", "[block]", "[", "]", "[[", "{", "}", "=", ",", ".", "#", '"', "'", '"""'),
        *("\n", " ", "tasks", "cells", "options", "echo", "length", "hidden", "lr", "python"),
        *("seeds", "precision", "true", "nan", "-inf", "1e999", "0x1f", "1_0", "1979-05-27"),
        *("07:32:00", "9" * 5000, '["echo"]', "tasks = ['echo']\n", "cells = ['elman']\n"),
    ]
)
KEYS = st.sampled_from([*Suite.__struct_encode_fields__, *Grid.__struct_fields__, "block", "echo"])
NAMES = KEYS | st.text(max_size=8)
GOOD = {
    "tasks": st.lists(st.sampled_from(["echo", "adding-problem"]), min_size=1, max_size=3),
    "cells": st.lists(st.sampled_from(["elman", "lstm"]), min_size=1, max_size=3),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("suites") / "any.toml"


def load(path):
    """Return a suite, or None if it is refused as it should be."""
    try:
        found, digest, _ = files.load(path)
    except UsageError as error:
        told = plain(str(error))
        assert told.startswith(f"suite {path}")
        assert "\n" not in told
        return None
    assert isinstance(found, Suite)
    assert len(digest) == 64
    return found


def toml(value):
    """Return a JSON value as TOML, which has no null."""
    if isinstance(value, dict):
        inner = (f"{json.dumps(k)} = {toml(v)}" for k, v in value.items() if v is not None)
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, list):
        return f"[{', '.join(toml(each) for each in value if each is not None)}]"
    return json.dumps(value)


def document(tables):
    """Return the text of a suite: its own keys, then its blocks."""
    own, blocks = tables
    lines = [f"{json.dumps(key)} = {toml(v)}" for key, v in own.items() if v is not None]
    for block in blocks:
        lines += ["[[block]]"]
        lines += [f"{json.dumps(key)} = {toml(v)}" for key, v in block.items() if v is not None]
    return "\n".join(lines)


@tries(1000)
@given(data=st.binary(max_size=100))
def test_any_bytes(path, data):
    path.write_bytes(data)
    load(path)


@tries(1000)
@given(pieces=st.lists(PIECES | st.text(max_size=5), max_size=30))
@example(["seeds = ", "9" * 5000])
@example(["a = ", *["["] * 10_000])
@example(["a = ", *["{a="] * 10_000])
@example(["[block]\ntasks = []"])
@example(["[[block]]\n[[block.tasks]]"])
def test_any_text(path, pieces):
    path.write_text("".join(pieces), encoding="utf-8", errors="replace", newline="")
    load(path)


@tries(400)
@given(
    tables=st.tuples(
        st.dictionaries(NAMES, VALUES, max_size=3),
        st.lists(
            st.tuples(st.dictionaries(NAMES, VALUES, max_size=2), st.fixed_dictionaries(GOOD)).map(
                lambda two: two[1] | two[0]
            ),
            max_size=3,
        ),
    )
)
def test_any_keys_and_values(path, tables):
    path.write_text(document(tables), encoding="utf-8", errors="replace", newline="")
    load(path)
    text = path.read_bytes().decode()
    with suppress(ValueError):  # JSON's escapes are not all TOML's
        parsed = tomllib.loads(text)
        assert {(), *lines_of(text)} == set(places(parsed))


@tries(300)
@given(
    block=st.fixed_dictionaries(
        GOOD,
        optional={
            "hidden": st.integers(1, 1000),
            "layers": st.integers(1, 4),
            "lr": st.floats(1e-6, 1e9),
            "clip": st.floats(0, 1e9),
            "steps": st.integers(0, 10**6),
            "dtype": st.sampled_from(["float32", "float64"]),
            "options": st.just({"echo": {"length": 3}}),
        },
    ),
    own=st.fixed_dictionaries(
        {}, optional={"seeds": st.integers(1, 10), "precision": st.floats(0.001, 0.5)}
    ),
)
def test_what_is_right_is_read_as_it_is_written(path, block, own):
    path.write_text(document((own, [block])), encoding="utf-8")
    found = load(path)
    for values, table in ((own, found), (block, found.grids[0])):
        assert {name: getattr(table, name) for name in values} == values


@tries(1000)
@given(text=st.text(max_size=20) | st.lists(PIECES, max_size=5).map("".join))
@example("[" * 10_000)
@example("9" * 5000)
@example("1\nother = 2")
def test_any_value_of_an_option(text):
    value = files.parse_value(text)
    assert isinstance(value, bool | int | float | str)
