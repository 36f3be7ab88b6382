import json
import os
import stat

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import RECORDS, RUN, TIMING, TRAINED

from rnnbench import results
from rnnbench.errors import UsageError
from rnnbench.records import SCHEMA
from rnnbench.results import Writer
from rnnbench.sampling import Sample

SAMPLES = st.builds(
    Sample,
    st.integers(1, 2**40),
    st.integers(1, 2**62),
    st.integers(0, 2**62),
    st.integers(0, 2**40),
    st.none() | st.integers(0, 2**62),
    st.none() | st.integers(0, 2**62),
)
FINITE = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def read(path):
    """Return the records without the time at which each was written."""
    return [msgspec.structs.replace(record, elapsed=0.0) for record in results.read(path)]


@pytest.fixture
def file(tmp_path):
    """A results file with every kind of record."""
    writer = Writer(tmp_path)
    for record in RECORDS:
        writer.write(record)
    writer.close()
    return tmp_path / results.FILE


def test_what_is_written_is_read(file):
    assert read(file) == RECORDS
    kinds = [json.loads(line)["record"] for line in file.read_text().splitlines()]
    assert kinds == ["run"] + ["worker"] * 3 + ["peak", "timing"] + ["training"] * 6


@given(
    reason=st.none() | st.text(),
    curve=st.lists(st.tuples(st.integers(1, 10**6), st.floats(-1e6, 1e6))),
    score=FINITE,
)
def test_any_training_survives(tmp_path_factory, reason, curve, score):
    record = msgspec.structs.replace(TRAINED, reason=reason, curve=curve, score=score)
    folder = tmp_path_factory.mktemp("run")
    writer = Writer(folder)
    writer.write(RUN)
    writer.write(record)
    writer.close()
    assert read(folder / results.FILE) == [RUN, record]


@given(st.lists(SAMPLES, max_size=5))
def test_any_samples_survive(tmp_path_factory, samples):
    process = msgspec.structs.replace(TIMING.rows[0].processes[0], steps=samples)
    row = msgspec.structs.replace(TIMING.rows[0], processes=[process, process])
    record = msgspec.structs.replace(TIMING, rows=[row])
    folder = tmp_path_factory.mktemp("run")
    writer = Writer(folder)
    writer.write(RUN)
    writer.write(record)
    writer.close()
    assert read(folder / results.FILE) == [RUN, record]


def test_a_record_tells_when_it_was_written(tmp_path, monkeypatch):
    now = iter([100.0, 100.5, 103.0])
    monkeypatch.setattr(results.time, "monotonic", lambda: next(now))
    writer = Writer(tmp_path)
    writer.write(RUN)
    writer.write(TRAINED)
    writer.close()
    assert [r.elapsed for r in results.read(tmp_path / results.FILE)] == [0.5, 3.0]


def test_a_sample_is_a_short_array(file):
    line = file.read_text().splitlines()[5]
    assert json.loads(line)["rows"][1]["processes"][0]["steps"][0] == [5, 9500000, 9500000, 0, 0, 0]


def test_a_record_is_on_disk_when_it_is_written(tmp_path):
    writer = Writer(tmp_path)
    writer.write(RUN)
    assert read(tmp_path / results.FILE) == [RUN]
    writer.write(TRAINED)
    assert read(tmp_path / results.FILE) == [RUN, TRAINED]
    writer.close()


def test_a_torn_last_line_is_left_out_wherever_it_is_torn(tmp_path):
    path = tmp_path / results.FILE
    whole = msgspec.json.encode(RUN) + b"\n"
    last = msgspec.json.encode(msgspec.structs.replace(TRAINED, reason="1 → 2"))
    for end in range(len(last)):
        path.write_bytes(whole + last[:end])
        assert results.read(path) == [RUN]


@pytest.mark.parametrize("line", [b"{", b"{}", b'{"record": "song"}', b"\xff", b'{"record":"run"}'])
def test_a_corrupt_line_in_the_middle_is_named(file, line):
    lines = file.read_bytes().split(b"\n")
    lines[2] = line
    file.write_bytes(b"\n".join(lines))
    with pytest.raises(UsageError, match="line 3: ") as raised:
        results.read(file)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"hello", msgspec.json.encode(TRAINED) + b"\n"])
def test_a_file_that_is_no_run_is_refused(tmp_path, content):
    path = tmp_path / results.FILE
    path.write_bytes(content)
    with pytest.raises(UsageError, match="does not begin with the record of a run"):
        results.read(path)


def test_an_older_schema_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / results.FILE
    path.write_bytes(b'{"record":"run","schema":1,"whatever":"it had"}\n')
    with pytest.raises(UsageError, match="written by an older rnnbench; take that to read it"):
        results.read(path)


@pytest.mark.parametrize("line", [b"", b'{"record": "something new"}\n'])
def test_a_newer_schema_is_refused_whatever_it_holds(tmp_path, line):
    path = tmp_path / results.FILE
    newer = msgspec.structs.replace(RUN, schema=SCHEMA + 1)
    path.write_bytes(msgspec.json.encode(newer) + b"\n" + line)
    with pytest.raises(UsageError, match="written by a newer rnnbench"):
        results.read(path)


def test_unknown_fields_of_the_same_schema_are_read_over(tmp_path):
    path = tmp_path / results.FILE
    fields = json.loads(msgspec.json.encode(TRAINED)) | {"mood": "good"}
    path.write_bytes(msgspec.json.encode(RUN) + b"\n" + json.dumps(fields).encode() + b"\n")
    assert results.read(path) == [RUN, TRAINED]


def test_the_folder_is_named_by_its_start(tmp_path):
    folder = results.new_folder(tmp_path / "a" / "b", RUN.started)
    assert folder == tmp_path / "a" / "b" / "20260102T030405Z"
    assert folder.is_dir()


def test_runs_of_the_same_second_get_folders_of_their_own_in_order(tmp_path):
    made = [results.new_folder(tmp_path, RUN.started) for _ in range(12)]
    assert len(set(made)) == 12
    for folder in made:
        (folder / results.FILE).touch()
    assert [path.parent for path in results.runs(tmp_path)] == made


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"^--out .*file: "):
        results.new_folder(tmp_path / "file", RUN.started)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_is_forbidden_is_an_error(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(UsageError, match="Permission denied"):
        results.new_folder(tmp_path, RUN.started)


def test_a_run_is_found_by_name_by_path_or_as_the_newest(file, tmp_path):
    out = tmp_path / "out"
    for name in ("20250101T000000Z", "20260101T000000Z"):
        (out / name).mkdir(parents=True)
        (out / name / results.FILE).write_bytes(file.read_bytes())
    newest = out / "20260101T000000Z"
    assert results.find(None, out) == newest / results.FILE
    assert results.find("20250101T000000Z", out) == out / "20250101T000000Z" / results.FILE
    assert results.find(str(newest), tmp_path) == newest / results.FILE
    assert results.find(str(file), out) == file
    with pytest.raises(UsageError, match=r"no run '2024' in .*: there are 20250101T000000Z, 2026"):
        results.find("2024", out)


def test_an_empty_folder_tells_how_to_fill_it(tmp_path):
    with pytest.raises(UsageError, match="rnnbench run makes one"):
        results.find(None, tmp_path / "nowhere")
