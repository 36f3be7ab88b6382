"""A file is judged before it is appended to: what is somebody's is not written over."""

import os

import pytest
from fuzzing import tries
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from small_runs import COPY, LINES, WHOLE
from specimens import RECORDS, RUN, TRAINED

from rnnbench.errors import UsageError
from rnnbench.report.progress.display import Terminal
from rnnbench.results import codec, reader
from rnnbench.results.runs import folders
from rnnbench.results.writer import Writer, is_torn
from rnnbench.running.resume import resume


def old(number):
    """Return the records of a run as schema 2 or 3 would have them."""
    import msgspec

    records = [replace(RUN, schema=number), *RECORDS[1:]]
    if number == 2:
        return b"".join(msgspec.json.encode(record) + b"\n" for record in records)
    return b"".join(map(codec.encode, records))


#: What a file may hold that is to be gone on with, and is none of ours or can't be gone on with.
CONTENTS = {
    "a note": COPY,
    "a note with its end": COPY + b"\n",
    "nothing": b"",
    "zeros": bytes(100),
    "half a first line": LINES[0][:-40],
    "a first line without its end": LINES[0][:-1],
    "a whole run": WHOLE,
    "a torn run": WHOLE[:-20],
    "a run without its last end": WHOLE[:-1],
    "a run with a note at its end": WHOLE + COPY,
    "a run with zeros at its end": WHOLE + bytes(50),
    "a run in schema 2": old(2),
    "a run in schema 2 without its last end": old(2)[:-1],
    "a run in schema 3, torn": old(3)[:-20],
    "a later schema": codec.encode(replace(RUN, schema=9)) + COPY,
}


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("how", ["file", "folder", "link", "hard link"])
def test_a_resume_that_is_refused_leaves_every_byte(cli, tmp_path, content, how):
    kept = tmp_path / "note.txt"
    kept.write_bytes(CONTENTS[content])
    asked = kept
    if how != "file":
        asked = tmp_path / "run"
        asked.mkdir()
        place = asked / folders.FILE
        if how == "folder":
            kept = kept.rename(place)
        elif how == "link":
            place.symlink_to(kept)
        else:
            place.hardlink_to(kept)
    before = kept.stat()
    ended = cli("run", "--resume", asked)
    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err
    assert kept.read_bytes() == CONTENTS[content]
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    if how in ("link", "hard link"):
        assert "not followed" in ended.err or "another name" in ended.err


@tries(50)
@given(
    data=st.binary(max_size=60)
    | st.builds(
        lambda end, note: WHOLE[:end] + note, st.integers(0, len(WHOLE)), st.binary(max_size=9)
    )
)
def test_whatever_a_file_holds_judging_it_leaves_every_byte(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "note.txt"
    path.write_bytes(data)
    with pytest.raises(UsageError):
        resume(path, [], {}, Terminal())
    assert path.read_bytes() == data


@tries(50)
@given(end=st.integers(len(LINES[0]), len(WHOLE)), note=st.binary(max_size=9))
def test_what_is_appended_to_loses_nothing_but_a_torn_record(tmp_path_factory, end, note):
    path = tmp_path_factory.mktemp("any") / folders.FILE
    data = WHOLE[:end] + note
    path.write_bytes(data)
    before = reader.load(path)
    with Writer(path, new=False) as writer:
        assert path.read_bytes() == data
        last = data[data.rfind(b"\n") + 1 :]
        kept = data[: len(data) - len(last)] if is_torn(last) and writer._torn else data
        training = replace(TRAINED, row=RECORDS[0].plan.rows[2], seed=1, status="failed")
        writer.write(training)
    assert path.read_bytes().startswith(kept)
    after = reader.load(path)
    assert after.records[: len(before.records)] == before.records
    assert len(after.records) == len(before.records) + 1


@pytest.mark.parametrize(
    ("line", "torn"),
    [
        (b'{"record":"tra', True),
        (b"{", True),
        (b"\0\0\0", True),
        (b'{"record":"training","key"\0\0', True),
        (b'{"record":"training"}', False),
        (COPY, False),
        (b'{"name": 1', False),
        (b"", False),
    ],
)
def test_only_the_beginning_of_a_record_is_torn(line, torn):
    assert is_torn(line) == torn


@pytest.mark.parametrize("kind", ["fifo", "folder", "/dev/zero", "/dev/null", "nothing"])
def test_what_is_no_file_is_refused_at_once(cli, tmp_path, kind):
    place = tmp_path / folders.FILE
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind != "nothing":
        place.symlink_to(kind)
    for arguments in (["run", "--resume"], ["show"], ["check-results"]):
        ended = cli(*arguments, place)
        assert (ended.code, ended.err.count("\n")) == (2, 1), ended
