import json
import os
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from specimens import RECORDS, RUN, TRAINED

from rnnbench.errors import ResultsError, UsageError
from rnnbench.results import codec, reader
from rnnbench.results import writer as writing
from rnnbench.results.runs import folders
from rnnbench.results.writer import Writer
from rnnbench.schema.records.record import SCHEMA


def read(path):
    """Return the records without the run and the time at which each was written."""
    return [bare(record) for record in reader.read(path)]


def bare(record):
    return replace(record, run="", elapsed=0.0)


@pytest.fixture
def file(tmp_path):
    """A results file with every kind of record."""
    writer = Writer(tmp_path / folders.FILE)
    for record in RECORDS:
        writer.write(record)
    writer.close()
    return tmp_path / folders.FILE


def test_what_is_written_is_read(file):
    assert read(file) == RECORDS
    kinds = [json.loads(line)["record"] for line in file.read_text().splitlines()]
    assert kinds == ["run"] + ["worker"] * 3 + ["peak", "timing"] + ["training"] * 6


@given(
    reason=st.none() | st.text(),
    curve=st.lists(st.tuples(st.integers(1, 10**6), st.floats(-1e6, 1e6)), min_size=1),
    score=st.floats(-1e100, 1e100),
)
def test_any_training_survives(tmp_path_factory, reason, curve, score):
    record = msgspec.structs.replace(TRAINED, reason=reason, curve=curve, score=score)
    folder = tmp_path_factory.mktemp("run")
    with Writer(folder / folders.FILE) as writer:
        writer.write(RUN)
        writer.write(record)
    assert read(folder / folders.FILE) == [RUN, record]


def test_a_record_tells_when_it_was_written(tmp_path, monkeypatch):
    now = iter([100.0, 100.5, 103.0])
    monkeypatch.setattr(writing.time, "monotonic", lambda: next(now))
    writer = Writer(tmp_path / folders.FILE)
    writer.write(RUN)
    writer.write(TRAINED)
    writer.close()
    assert [r.elapsed for r in reader.read(tmp_path / folders.FILE)] == [0.5, 3.0]


def test_a_sample_is_a_short_array(file):
    line = file.read_text().splitlines()[5]
    assert json.loads(line)["rows"][1]["processes"][0]["steps"][0] == [
        *(5, 9500000, 9500000, 0, 0, 0),
        *(None, None, None),
    ]


def test_a_record_is_on_disk_when_it_is_written(tmp_path):
    writer = Writer(tmp_path / folders.FILE)
    writer.write(RUN)
    assert read(tmp_path / folders.FILE) == [RUN]
    writer.write(TRAINED)
    assert read(tmp_path / folders.FILE) == [RUN, TRAINED]
    writer.close()


@pytest.mark.parametrize("text", ["a note", "a note\n"])
def test_what_somebody_else_appends_costs_no_record(tmp_path, text):
    path = tmp_path / folders.FILE
    with Writer(path) as writer:
        writer.write(RUN)
        with path.open("a") as strange:
            strange.write(text)
        writer.write(TRAINED)
        writer.write(replace(TRAINED, seed=1))
        assert writer.strange == len(text)
        assert writer.loss is None
    found = reader.load(path)
    assert len(found.records) == 3
    assert [fault.line for fault in found.faults] == [2]


@pytest.mark.parametrize("how", ["a line in front", "cut and written on", "as long"])
def test_a_file_that_somebody_writes_anew_is_noticed_with_the_next_record(tmp_path, how):
    path = tmp_path / folders.FILE
    with Writer(path) as writer:
        writer.write(RUN)
        whole = path.read_bytes()
        other = {
            "a line in front": b"note\n" + whole,
            "cut and written on": whole[:-10] + b"x" * 40 + b"\n",
            "as long": whole[:-10] + b"x" * 9 + b"\n",
        }
        with path.open("r+b") as file:  # in its place, as an editor may do
            file.write(other[how])
        with pytest.raises(ResultsError, match="was written anew by somebody else"):
            writer.write(TRAINED)
        assert writer.records[1:] == [
            msgspec.structs.replace(
                TRAINED, run=writer.records[1].run, elapsed=writer.records[1].elapsed
            )
        ]


def test_a_torn_last_line_is_set_aside_wherever_it_is_torn(tmp_path):
    path = tmp_path / folders.FILE
    last = codec.encode(msgspec.structs.replace(TRAINED, reason="1 → 2"))
    for end in range(1, len(last) - 1):
        path.write_bytes(codec.encode(RUN) + last[:end])
        found = reader.load(path)
        assert found.records == [RUN]
        assert [fault.line for fault in found.faults] == [2]


@pytest.mark.parametrize("cut", [1, 7, 300])
def test_what_a_crash_has_cut_off_is_removed_when_the_run_goes_on(tmp_path, cut):
    path = tmp_path / folders.FILE
    path.write_bytes(codec.encode(RUN) + codec.encode(TRAINED)[:-cut])
    with Writer(path, new=False) as writer:
        assert writer.records == [RUN, *[TRAINED] * (cut == 1)]  # only the end of the line
        assert writer.contents.faults == []
        writer.write(replace(TRAINED, seed=1))
    found = reader.load(path)
    assert found.faults == []
    assert len(found.records) == 2 + (cut == 1)


def test_a_run_that_holds_nothing_is_not_gone_on_with(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        Writer(tmp_path / "night.jsonl", new=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / folders.FILE).touch()
    with pytest.raises(UsageError, match="does not begin with the record of a run"):
        Writer(tmp_path / folders.FILE, new=False)


def test_however_many_lines_are_damaged_the_others_are_read(tmp_path):
    path = tmp_path / folders.FILE
    path.write_bytes(codec.encode(RUN) + b"x\n" * 2000 + codec.encode(TRAINED))
    found = reader.load(path)
    assert found.records == [RUN, TRAINED]
    assert [fault.line for fault in found.faults] == list(range(2, 102))
    assert found.untold == 1900
    *_, last = reader.set_aside(path, found)
    assert last == f"{path}: 1900 more lines set aside"


@pytest.mark.parametrize("line", [b"{", b"{}", b"\xff", b'{"record":"run"}', b"[" * 5000])
def test_a_corrupt_line_in_the_middle_is_named_and_the_rest_is_read(file, line):
    whole = file.read_bytes().split(b"\n")
    whole[2] = line
    file.write_bytes(b"\n".join(whole))
    found = reader.load(file)
    assert [fault.line for fault in found.faults] == [3]
    assert "\n" not in found.faults[0].what
    assert len(found.records) == len(RECORDS) - 1


def test_a_line_that_contradicts_the_plan_is_set_aside(file):
    run = reader.read(file)[0].run
    known = replace(TRAINED, run=run)
    with file.open("ab") as end:
        end.write(codec.encode(replace(known, seed=77)) + codec.encode(known))
    what = [fault.what for fault in reader.load(file).faults]
    assert what == [
        "seed 77 is not in the plan of the run",
        "fake:good was trained with seed 0 before",
    ]


@pytest.mark.parametrize("content", [b"", b"\n", b"hello", codec.encode(TRAINED)])
def test_a_file_that_is_no_run_is_refused(tmp_path, content):
    path = tmp_path / folders.FILE
    path.write_bytes(content)
    with pytest.raises(UsageError, match="does not begin with the record of a run"):
        reader.load(path)


def test_what_is_no_regular_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(UsageError, match="not a regular file"):
            reader.load(path)
        with pytest.raises(UsageError, match="not a regular file"):
            Writer(path, new=False)
    with pytest.raises(UsageError, match="No such file"):
        reader.load(tmp_path / "nothing")


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / folders.FILE
    with path.open("wb") as file:
        file.truncate(reader.LARGEST + 1)
    with pytest.raises(UsageError, match=r"1\.0 GiB; at most 1 GiB is read"):
        reader.load(path)


def test_a_schema_that_is_too_old_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / folders.FILE
    path.write_bytes(b'{"record":"run","schema":1,"whatever":"it had"}\n')
    with pytest.raises(UsageError, match="written by an older rnnbench; take that to read it"):
        reader.load(path)


def test_the_schema_before_this_one_is_read_without_checksums(tmp_path):
    path = tmp_path / folders.FILE
    old = [msgspec.structs.replace(RUN, schema=2), *RECORDS[1:]]
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in old))
    assert reader.load(path) == (old, [], 0, 0, ())


@pytest.mark.parametrize("line", [b"", b'{"record": "something new"}\n'])
def test_a_newer_schema_is_refused_whatever_it_holds(tmp_path, line):
    path = tmp_path / folders.FILE
    newer = msgspec.structs.replace(RUN, schema=SCHEMA + 1)
    path.write_bytes(codec.encode(newer) + line)
    with pytest.raises(UsageError, match="written by a newer rnnbench"):
        reader.load(path)


def with_checksum(fields):
    """Return a line as a version of rnnbench with these fields would write it."""
    body = json.dumps(fields).encode()
    return b'%b,"crc32":"%08x"}\n' % (body[:-1], zlib.crc32(body))


def test_fields_of_a_later_version_are_read_over_and_its_records_counted(tmp_path):
    path = tmp_path / folders.FILE
    fields = json.loads(msgspec.json.encode(TRAINED)) | {"mood": "good"}
    path.write_bytes(
        codec.encode(RUN) + with_checksum(fields) + with_checksum({"record": "song", "text": "la"})
    )
    assert reader.load(path) == ([RUN, TRAINED], [], 1, 0, ())


def test_two_runs_do_not_write_to_one_file(tmp_path):
    path = tmp_path / folders.FILE
    with Writer(path) as writer:
        writer.write(RUN)
        with pytest.raises(UsageError, match="another run is writing to it"):
            Writer(path, new=False)
    Writer(path, new=False).close()


def test_what_cannot_be_written_is_kept_in_memory_and_said(tmp_path, monkeypatch):
    with Writer(tmp_path / folders.FILE) as writer:
        writer.write(RUN)
        monkeypatch.setattr(writing.os, "write", lambda file, line: len(line) // 2)
        with pytest.raises(ResultsError, match=r"can't write .*results\.jsonl: the disk is full"):
            writer.write(TRAINED)
    assert list(map(bare, writer.records)) == [RUN, TRAINED]
    assert read(tmp_path / folders.FILE) == [RUN]


MARK = "\ufeff".encode()
REWRITTEN = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "mark": lambda data: MARK + data,
    "both": lambda data: MARK + data.replace(b"\n", b"\r\n"),
    "half": lambda data: data.replace(b"\n", b"\r\n", 5),
}


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_file_whose_ends_of_lines_were_rewritten_is_read_and_told_once(file, how):
    file.write_bytes(REWRITTEN[how](file.read_bytes()))
    assert read(file) == RECORDS
    found = reader.load(file)
    assert found.faults == []
    (told,) = reader.set_aside(file, found)
    assert told.startswith(f"{file}: its ")
    assert ("byte-order mark is left out" in told) == (how in ("mark", "both"))
    assert ("line ends CRLF are read as LF" in told) == (how in ("CRLF", "both", "half"))
    assert ("line ends CR are" in told) == (how == "CR")


def test_a_damaged_line_is_found_whatever_it_ends_with(file):
    data = bytearray(file.read_bytes().replace(b"\n", b"\r\n"))
    data[-60] ^= 1
    file.write_bytes(data)
    (fault,) = reader.load(file).faults
    assert fault == (len(RECORDS), "its checksum differs")


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_file_that_was_rewritten_is_gone_on_with(file, how):
    file.write_bytes(REWRITTEN[how](file.read_bytes()))
    before = file.read_bytes()
    fewer = before[: before.rindex(b'{"record":"training"')]
    file.write_bytes(fewer)
    with Writer(file, new=False) as writer:
        assert writer.contents.faults == []
        writer.write(RECORDS[-1])
    assert file.read_bytes().startswith(fewer)
    assert read(file) == RECORDS


@pytest.mark.parametrize("cut", [1, 2, 7])
def test_a_crash_in_a_file_that_was_rewritten(tmp_path, cut):
    path = tmp_path / folders.FILE
    whole = (codec.encode(RUN) + codec.encode(TRAINED)).replace(b"\n", b"\r\n")
    path.write_bytes(whole[:-cut])
    with Writer(path, new=False) as writer:
        writer.write(replace(TRAINED, seed=1))
    found = reader.load(path)
    assert found.faults == []
    assert len(found.records) == 2 + (cut < 3)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_is_named(file, encoding):
    file.write_bytes(file.read_text().encode(encoding))
    with pytest.raises(UsageError, match=r"results file .*: it is UTF-\d\d.*: convert it to UTF-8"):
        reader.load(file)
