"""Files of weights: what was written is read again, and nothing else is."""

import hashlib
import json
import os
import pickle

import numpy as np
import pytest
from parroting import HEADER, MODEL, parrot_file
from safetensors.numpy import save as encode

from rnnbench.errors import UsageError
from rnnbench.weights import file
from rnnbench.weights.file import flat, load


@pytest.fixture
def path(tmp_path):
    return parrot_file(tmp_path)


def test_weights_are_read_as_they_were_written(path):
    found = load(path)
    assert found.header == HEADER
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    drawn = flat(MODEL.initial(0))
    read = flat(found.params)
    assert read.keys() == drawn.keys()
    for name, array in drawn.items():
        assert read[name].dtype == np.float32
        assert np.array_equal(read[name], array.astype(np.float32))


def test_a_file_of_an_earlier_version_has_no_checksum_and_is_read(path):
    def without(head):
        del head["__metadata__"]["sha256"]

    assert load(rewritten(path, without)).header == HEADER


def test_what_they_are_is_told_in_a_line():
    assert HEADER.words == "lstm of parrot, trained by fake:good, seed 0: 0.5 nats"


def rewritten(path, change):
    """Return a file whose own header, which is JSON, was changed."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    head = json.loads(data[8:end])
    change(head)
    text = json.dumps(head).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[end:])
    return path


def without_us(head):
    head["__metadata__"] = {"format": "pt"}


def no_texts(head):
    del head["__metadata__"]


def odd(head):
    head["__metadata__"]["rnnbench"] = '{"comparison": 3}'


def deep(head):
    head["__metadata__"]["rnnbench"] = "[" * 100_000


def wider(head):
    head["readout.b"]["shape"] = [4]


def other_number(data):
    """Return a file in whose last number one bit is another: a number like any other."""
    return data[:-4] + bytes([data[-4] ^ 1]) + data[-3:]


DAMAGES = {
    "a bit of a number": (other_number, "is damaged: its numbers are not those that were written"),
    "empty": (lambda data: b"", "holds no weights, or is damaged"),
    "cut off": (
        lambda data: data[:-5],
        "is damaged: it is cut off, or goes on",
    ),
    "in the header": (lambda data: data[:30], "is damaged"),
    "too long": (lambda data: data + b"x", "is damaged"),
    "a huge header": (lambda data: (1 << 60).to_bytes(8, "little") + data[8:], "does not begin as"),
    "pickle": (lambda data: pickle.dumps({"w": 1}), "holds no weights"),
    "text": (lambda data: b"hello there, I am no file of weights\n", "holds no weights"),
    "deep": (lambda data: (10**6).to_bytes(8, "little") + b"[" * 10**6, "holds no weights"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_in_a_line(path, damage):
    change, why = DAMAGES[damage]
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(UsageError, match=why) as error:
        load(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (without_us, "these weights are not of rnnbench"),
        (no_texts, "these weights are not of rnnbench"),
        (odd, "can't be read: comparison is 3; it is a table; copy it once more, or train it anew"),
        (deep, "what it says of its weights can't be read"),
        (wider, "is damaged"),
    ],
)
def test_a_strange_header_is_refused_in_a_line(path, change, why):
    with pytest.raises(UsageError, match=why) as error:
        load(rewritten(path, change))
    assert "\n" not in str(error.value)


def metadata(path):
    data = path.read_bytes()
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.arange(3), "w.b is I64, not F32 or F64"),
        (np.zeros(3, np.float16), "w.b is F16, not F32 or F64"),
        (np.array([1, np.nan, 2]), "w.b holds values that are no finite numbers"),
    ],
)
def test_other_numbers_than_weights_are_refused(path, values, why):
    path.write_bytes(encode({"w.b": values}, metadata(path)))
    with pytest.raises(UsageError, match=why):
        load(path)


def test_nothing_waits_for_a_pipe_and_a_folder_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for what in (tmp_path / "pipe", tmp_path):
        with pytest.raises(UsageError, match="not a regular file"):
            load(what)
    with pytest.raises(UsageError, match="No such file"):
        load(tmp_path / "none")


def test_a_file_that_is_too_large_is_not_read(path, monkeypatch):
    monkeypatch.setattr(file, "LARGEST", 1000)
    with pytest.raises(UsageError, match="at most"):
        load(path)


def test_a_file_is_replaced_whole_or_not_at_all(path, monkeypatch):
    before = path.read_bytes()
    monkeypatch.setattr(os, "write", lambda file, data: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        parrot_file(path.parent)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
