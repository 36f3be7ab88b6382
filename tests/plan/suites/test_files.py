import hashlib
import os
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.errors import UsageError
from rnnbench.plan.suites.files import load, parse_value

GOOD = """\
description = "all there is"
seeds = 3
max_time = 2.5
precision = 0.1
processes = 3

[[block]]
tasks = ["echo"]
cells = ["elman"]
hidden = 8

[[block]]
tasks = ["echo"]
cells = ["lstm"]
clip = 0
[block.options.lstm]
forget_bias = 0.5
"""


@pytest.fixture
def write(tmp_path):
    def call(text):
        path = tmp_path / "suite.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return call


def test_a_suite_is_what_its_file_says(write):
    suite, digest, _ = load(write(GOOD))
    assert (suite.seeds, suite.max_time, suite.precision) == (3, 2.5, 0.1)
    assert suite.processes == 3
    assert [block.cells for block in suite.grids] == [["elman"], ["lstm"]]
    assert suite.grids[1].options == {"lstm": {"forget_bias": 0.5}}
    assert digest == hashlib.sha256(GOOD.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("seeds = 3", "seeds = 0", 2, "seeds is 0; it is a whole number from 1 to 1000"),
        ("seeds = 3", "seeds = 'many'", 2, "seeds is 'many'; it is a whole number from 1 to 1000"),
        ("seeds = 3", "seeds =", 2, "a value is missing here"),
        ("seeds = 3", '"see\\u0064" = 3', 2, "unknown key 'seed'. Did you mean 'seeds'?"),
        ("seeds = 3", "seeds = '" + "x" * 3000 + "'", 2, "xxx...; it is a whole number"),
        ("seeds = 3", "x" * 3000 + " = 3", 2, "unknown key 'xxx"),
        ("seeds = 3", "seed = 3", 2, "unknown key 'seed'. Did you mean 'seeds'?"),
        (
            "max_time = 2.5",
            "max_time = -1",
            3,
            "max_time is -1; it is a number above 0 and at most 1000000000",
        ),
        (
            "precision = 0.1",
            "precision = 1.5",
            4,
            "precision is 1.5; it is a number above 0 and below 1",
        ),
        ("processes = 3", "processes = 0", 5, "processes is 0; it is a whole number"),
        ("[[block]]\ntasks", "[[blok]]\ntasks", 7, "unknown key 'blok'. Did you mean 'block'?"),
        (
            "hidden = 8",
            "hidden = -8",
            10,
            "hidden is -8; it is a whole number from 1 to 2147483648",
        ),
        ("hidden = 8", "hiden = 8", 10, "unknown key 'hiden'. Did you mean 'hidden'?"),
        ('tasks = ["echo"]', "tasks = []", 8, "tasks is []; it is a list of texts, at least 1"),
        ('cells = ["elman"]', 'cells = ["elman", 3]', 9, "cells holds 3; each is a text"),
        ('cells = ["lstm"]', "cells = []", 14, "cells is []; it is a list of texts, at least 1"),
        ("clip = 0", "clip = -0.5", 15, "clip is -0.5; it is a number from 0 to 1000000000"),
        (
            "clip = 0",
            'optimizer = "adm"',
            15,
            "optimizer is 'adm'; it is 'adam', 'adamw', 'rmsprop' or 'sgd'",
        ),
        ("forget_bias = 0.5", "forget_bias = {}", 17, "forget_bias is {}; it is true or false,"),
    ],
)
def test_a_fault_is_told_with_its_line(write, old, new, line, message):
    count = 2 if "blok" in new else 1
    with pytest.raises(UsageError) as raised:
        load(write(GOOD.replace(old, new, count)))
    text = str(raised.value)
    assert f"line {line}" in text
    assert message in text
    assert "\n" not in text
    assert len(text) < 500


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\nseeds = " + "9" * 5000, ", line 2: a number of thousands of digits"),
        ("a = 1\n\nseeds = " + "[" * 5000, ", line 3: it is nested too deeply"),
        ("a = 1\nseeds = [\n", ", line 2, at its end: a value is missing here, or is none"),
        ("a = 1\nseeds = = 3", ", line 2, column 9: a value is missing here, or is none"),
        ("a = 1\nseeds 3", ", line 2, column 7: a key is followed by '='"),
        ("a = 1\n= 3", ", line 2, column 1: neither a key nor a table begins here"),
        ("a = 1\nseeds = 3 4", ", line 2, column 11: something follows the value"),
        ("a = 1\n[[block]\n", ", line 2, column 8: a ']' is missing"),
        ("seeds = 1\nseeds = 2\n", ", line 2, column 10: a key is there twice"),
        ("[x]\n[x]\n", ", line 2, column 3: a table is there twice"),
        ('x = "y\n', ", line 1, column 7: a text has no quote at its end"),
        ('x = "\x01"\n', r", line 1, column 6: Illegal character '\x01'"),
        ('a = "x\n', ", line 1, column 7: "),
        ('a = "\\q"', r", line 1, column 8: a \ in a text is written \\, or the text in"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(write, text, told):
    with pytest.raises(UsageError) as raised:
        load(write(text))
    assert told in str(raised.value)


@pytest.mark.parametrize("text", ["", "seeds = 3", "block = []"])
def test_a_suite_without_blocks_is_refused(write, text):
    with pytest.raises(UsageError, match="block"):
        load(write(text))


def test_a_file_that_is_no_text_is_refused(write):
    with pytest.raises(UsageError, match=r"suite\.toml: it is not UTF-8 text \(byte 0xe9 at"):
        load(write(b"# caf\xe9"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-be"])
def test_a_suite_in_another_encoding_is_refused_by_its_name(write, encoding):
    with pytest.raises(UsageError, match=r"suite\.toml: it is UTF-\d\d.*: convert it to UTF-8"):
        load(write(GOOD.encode(encoding)))


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (GOOD.encode(), []),
        (b"\xef\xbb\xbf" + GOOD.encode(), ["its byte-order mark is left out"]),
        (GOOD.replace("\n", "\r\n").encode(), ["its line ends CRLF are read as LF"]),
        (GOOD.replace("\n", "\r").encode(), ["its line ends CR are read as LF"]),
    ],
    ids=["plain", "mark", "CRLF", "CR"],
)
def test_a_suite_is_the_same_however_it_is_written(write, data, changes):
    plain, found = load(write(GOOD)), load(file := write(data))
    assert (found.suite, found.digest) == (plain.suite, plain.digest)
    assert found.source.notes == [f"suite {file}: {change}" for change in changes]


@pytest.mark.parametrize("kind", ["fifo", "/dev/zero", "folder"])
def test_what_is_no_regular_file_is_refused_at_once(tmp_path, kind):
    place = tmp_path / "odd.toml"
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to(kind)
    with pytest.raises(UsageError, match=r"odd\.toml: not a regular file"):
        load(place)


def test_a_file_that_is_too_large_is_refused(tmp_path):
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UsageError, match="at most 1 MiB is read"):
        load(tmp_path / "huge.toml")


def test_a_file_that_is_missing_is_refused(tmp_path):
    with pytest.raises(UsageError, match="No such file or directory"):
        load(tmp_path / "none.toml")


@given(st.integers(-(10**18), 10**18) | st.booleans() | st.floats(allow_nan=False))
def test_numbers_and_truth_values_are_parsed(value):
    parsed = parse_value(str(value).lower())
    assert parsed == value
    assert type(parsed) is type(value)


@given(st.text(string.printable))
def test_every_text_is_some_value(text):
    assert isinstance(parse_value(text), bool | int | float | str)


@pytest.mark.parametrize("text", ["book.txt", "/a/b c.txt", "[1, 2]", "1979-05-27", "", "1\nx = 2"])
def test_what_is_no_value_is_a_string(text):
    assert parse_value(text) == text


def test_a_quoted_number_is_a_string():
    assert parse_value('"12"') == "12"
