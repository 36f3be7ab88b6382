"""Nothing that is somebody's is written over, and what was lost is told."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from commands import ENVIRONMENT, rnnbench
from fuzzing import tries
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from specimens import RECORDS, RUN, TRAINED

from rnnbench.errors import ResultsError, UsageError
from rnnbench.report.progress import Terminal
from rnnbench.results import codec, folders, reader
from rnnbench.results import writer as writing
from rnnbench.results.queries import plan_of, timings, trainings
from rnnbench.results.writer import Writer, is_torn
from rnnbench.run.resume import resume
from rnnbench.run.runner import Runner

COPY = b"my only copy"
LINES = list(map(codec.encode, RECORDS))
WHOLE = b"".join(LINES)
SUITE = """\
max_time = 0.05
seeds = 2

[[block]]
tasks = ["echo"]
cells = ["elman", "gru"]
steps = 10
"""


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


@pytest.fixture
def out(tmp_path):
    """A folder of runs with one run."""
    (tmp_path / "out" / "run").mkdir(parents=True)
    (tmp_path / "out" / "run" / folders.FILE).write_bytes(WHOLE)
    return tmp_path / "out"


@pytest.fixture
def export(cli, out):
    return lambda target: cli(
        "export", "--format", "pytest-benchmark", "run", "--out", out, "--output", target
    )


def test_an_export_never_writes_over_results(export, out, tmp_path):
    file = out / "run" / folders.FILE
    (tmp_path / "link").symlink_to(file)
    (tmp_path / "hard").hardlink_to(file)
    (tmp_path / "other.txt").write_bytes(WHOLE[:300])
    (tmp_path / folders.FILE).write_bytes(b"damaged" + WHOLE)
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbf" + WHOLE)
    (tmp_path / "spaced").write_bytes(
        b"no line of ours\n" + WHOLE.replace(b'"record":', b'"record" :')
    )
    spoiled = ("marked", "spaced")
    for target in (
        "link",
        "hard",
        "other.txt",
        *spoiled,
        folders.FILE,
        "out/run/../run/results.jsonl",
    ):
        before = (tmp_path / target).read_bytes()
        ended = export(tmp_path / target)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert "the results of a run; name another file" in ended.err
        assert (tmp_path / target).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("hard", "link", "marked", "other.txt", "out", folders.FILE, "spaced")
    ]


def test_an_export_never_writes_over_what_belongs_to_a_run(export, out):
    log = out / "run" / "fake-good.log"
    log.write_text("what a worker said")
    ended = export(log)
    assert (ended.code, log.read_text()) == (2, "what a worker said")
    assert "this is a file of a run; name another one" in ended.err
    log.unlink()


def test_an_export_writes_over_what_is_no_result(export, tmp_path):
    (tmp_path / "run.json").write_bytes(COPY)
    (tmp_path / "run.json").chmod(0o600)
    assert export(tmp_path / "run.json").code == 0
    assert json.loads((tmp_path / "run.json").read_text())["benchmarks"]
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("target", [".", "out", "no/where.json", "a\0b", "loop", "x" * 300])
def test_an_export_that_cannot_be_written_is_told_in_a_line(export, tmp_path, monkeypatch, target):
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    ended = export(target)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loop", "out"]


def test_a_full_disk_leaves_the_earlier_export(export, tmp_path, monkeypatch):
    from rnnbench.system import files

    def full(*_):
        raise OSError(28, "No space left on device")

    (tmp_path / "run.json").write_bytes(COPY)
    monkeypatch.setattr(files.os, "write", full)
    ended = export(tmp_path / "run.json")
    assert (ended.code, "No space left on device" in ended.err) == (2, True)
    assert (tmp_path / "run.json").read_bytes() == COPY
    assert len(list(tmp_path.iterdir())) == 2


def removed(folder):
    shutil.rmtree(folder)


def emptied(folder):
    (folder / folders.FILE).unlink()


def moved(folder):
    folder.rename(folder.with_name("moved"))


def replaced(folder):
    moved(folder)
    folder.mkdir()
    (folder / folders.FILE).write_bytes(COPY)


def linked(folder):
    moved(folder)
    folder.mkdir()
    (folder / folders.FILE).symlink_to(folder.with_name("moved") / folders.FILE)


def cut_off(folder):
    os.truncate(folder / folders.FILE, 100)


@pytest.mark.parametrize(
    ("lose", "when"),
    [
        *((lose, "timing") for lose in (removed, emptied, moved, replaced, linked, cut_off)),
        *((removed, when) for when in ("worker", "training", "at the end")),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_what_is_gone_is_told_at_once_with_the_table(cli, tmp_path, monkeypatch, lose, when):
    out, written, lost = tmp_path / "out", [], []

    def fsync(file, really=os.fsync):
        really(file)
        ((folder),) = [path for path in out.iterdir() if path.name != "moved"]
        kind = (folder / folders.FILE).read_bytes().splitlines()[-1].split(b'"')[3].decode()
        written.append(kind)
        if kind == when and not lost:
            lost.append(lose(folder))

    if when == "at the end":
        run = Runner.run

        def to_the_end(runner, remaining):
            complete = run(runner, remaining)
            lost.append(lose(runner.writer.path.parent))
            return complete

        monkeypatch.setattr(Runner, "run", to_the_end)
    (tmp_path / "short.toml").write_text(SUITE)
    options = ["--suite", tmp_path / "short.toml", "--backends", "fake:good", "--cells", "gru"]
    with monkeypatch.context() as patched:
        patched.setattr(writing.os, "fsync", fsync)
        ended = cli("run", *options, "--out", out)
    assert lost, written
    assert ended.code == 1
    told = [line for line in ended.err.splitlines() if "is gone: " in line or "cut off" in line]
    assert len(told) == 1
    assert "go on with" not in ended.err
    assert "results in" not in ended.err
    assert "Traceback" not in ended.err
    if when != "worker":
        assert "fake:good" in ended.out
    if lose is replaced:
        (folder,) = [path for path in out.iterdir() if path.name != "moved"]
        assert (folder / folders.FILE).read_bytes() == COPY
    if lose in (moved, replaced, linked):
        kept = reader.load(out / "moved" / folders.FILE)
        assert kept.faults == []


def test_what_is_gone_when_a_run_is_interrupted_is_told_as_well(tmp_path):
    (tmp_path / "short.toml").write_text(SUITE)
    out = tmp_path / "out"
    options = ["--suite", tmp_path / "short.toml", "--backends", "fake:good", "--out", out]
    process = subprocess.Popen(
        [sys.executable, "-m", "rnnbench", "run", *map(str, options), "--max-time", "60"],
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not [file for file in folders.runs(out) if b'"worker"' in file.read_bytes()]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    shutil.rmtree(folders.find(None, out).parent)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode in (1, 130)
    assert "is gone: " in err.splitlines()[-1]
    assert "go on with" not in err


def test_a_run_that_came_to_nothing_takes_only_its_own_files_along(cli, tmp_path, monkeypatch):
    (tmp_path / "short.toml").write_text(SUITE)
    made = folders.new_folder

    def new_folder(*arguments):
        folder = made(*arguments)
        (folder / "mine.txt").write_bytes(COPY)
        return folder

    monkeypatch.setattr(folders, "new_folder", new_folder)
    options = ["--suite", tmp_path / "short.toml", "--backends", "fake:good", "--device", "gpu:7"]
    ended = cli("run", *options, "--out", tmp_path / "out")
    assert ended.code == 2
    (folder,) = (tmp_path / "out").iterdir()
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_a_record_that_could_not_be_read_is_not_written(tmp_path):
    path = tmp_path / folders.FILE
    odd = [
        replace(TRAINED, score=float("nan")),
        replace(TRAINED, reason="\ud800"),
        replace(TRAINED, curve=[(1, 1e300)]),
        replace(TRAINED, seed=77),
        replace(TRAINED, reason=7),
    ]
    with Writer(path) as writer:
        with pytest.raises(ResultsError, match="a run can't be written"):
            writer.write(replace(RUN, plan=replace(RUN.plan, rows=[])))
        assert path.read_bytes() == b""
        writer.write(RUN)
        before = path.read_bytes()
        for record in odd:
            with pytest.raises(ResultsError, match=r"a training can't be written to .*: "):
                writer.write(record)
            assert path.read_bytes() == before
        writer.write(TRAINED)
    assert len(reader.read(path)) == 2


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of the same plan, one of whose rows fails."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "short.toml").write_text(SUITE)
    options = ["--suite", folder / "short.toml", "--backends", "fake:good,fake:raises-training"]
    for name in ("a", "b"):
        assert rnnbench("run", *options, "--out", folder / name).code == 1
    return folder


def test_every_line_names_its_run_and_a_line_of_another_is_set_aside(cli, runs, tmp_path):
    ours, theirs = (folders.find(None, runs / name).read_bytes() for name in ("a", "b"))
    names = {json.loads(line)["run"] for line in ours.splitlines()}
    assert len(names) == 1
    assert names != {json.loads(line)["run"] for line in theirs.splitlines()}
    (stranger,) = [line for line in theirs.splitlines() if b'"record":"timing"' in line][:1]
    spliced = [stranger if b'"record":"timing"' in line else line for line in ours.splitlines()]
    (tmp_path / folders.FILE).write_bytes(b"\n".join(spliced) + b"\n")
    ended = cli("check-results", tmp_path)
    assert ended.code == 1
    assert ended.out.count("it belongs to another run") == 2
    assert cli("show", tmp_path).code == 0


def test_what_has_failed_is_done_again_and_the_later_record_holds(runs, tmp_path):
    out = shutil.copytree(runs / "a", tmp_path / "out")
    file = folders.find(None, out)
    before = reader.read(file)
    plain = rnnbench("run", "--resume", "--out", out)
    assert "nothing is left to do in" in plain.err
    assert "; --retry-failed does again what has failed" in plain.err
    assert reader.read(file) == before
    ended = rnnbench("run", "--resume", "--retry-failed", "--out", out)
    assert ended.code == 1  # it fails again
    found = reader.load(file)
    assert found.faults == []
    assert found.records[: len(before)] == before
    again = found.records[len(before) :]
    assert timings(again) == []  # timed well, and not again
    assert {str(one.row) for one in trainings(again)} == {"fake:raises-training"}
    assert len(trainings(again)) == 4
    assert len(trainings(found.records)) == len(trainings(before)) == 8


def test_a_comparison_with_a_failed_row_is_timed_again(cli, tmp_path, monkeypatch):
    (tmp_path / "short.toml").write_text(SUITE)
    options = ["--suite", tmp_path / "short.toml", "--cells", "gru", "--seeds", 1]
    rows = ["--backends", "fake:good,fake:raises"]
    assert cli("run", *options, *rows, "--out", tmp_path / "out").code == 1
    file = folders.find(None, tmp_path / "out")
    before = reader.read(file)
    assert cli("run", "--resume", "--retry-failed", "--out", tmp_path / "out").code == 1
    found = reader.load(file)
    assert found.faults == []
    again = found.records[len(before) :]
    assert len(timings(again)) == 1
    assert [str(one.row) for one in trainings(again)] == ["fake:raises"]
    assert len(timings(found.records)) == 1
    assert len(trainings(found.records)) == 2
    assert plan_of(found.records) == plan_of(before)


def test_to_retry_is_for_a_run_that_is_resumed(cli):
    ended = cli("run", "--retry-failed")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "--retry-failed without --resume" in ended.err
