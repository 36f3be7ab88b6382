"""A disk that fills up, a folder that can't be written to, a clock that jumps."""

import os
import resource
import shlex
import shutil
import subprocess
import sys
from functools import cache

import pytest
from commands import ENVIRONMENT, rnnbench
from msgspec.structs import replace
from specimens import KEY, PLAN, RUN, TIMING, TRAINED

from rnnbench.errors import ResultsError
from rnnbench.results import reader
from rnnbench.results import writer as writing
from rnnbench.results.runs import folders
from rnnbench.results.work_left import Remaining
from rnnbench.results.writer import Writer
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.system import machine

SUITE = """\
max_time = 0.05
seeds = 2

[[block]]
tasks = ["echo"]
cells = ["elman"]
steps = 10
"""
ROWS = ["--backends", "fake:good", "--threads", "1"]


@cache
def namespace_refused():
    """Return why there can be no file system of our own, an empty string if there can."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return "no unshare here"
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return tried.stderr.strip()


@pytest.fixture
def mounted(tmp_path):
    """Run shell lines as a root of their own, who can mount; the run's folder is ``$out``."""
    if reason := namespace_refused():
        pytest.skip(reason)
    (tmp_path / "short.toml").write_text(SUITE)
    command = [sys.executable, "-m", "rnnbench", "run", "--out", tmp_path / "out"]
    names = {
        "out": str(tmp_path / "out"),
        "again": shlex.join([*map(str, command), "--resume"]),
        "run": shlex.join(map(str, [*command, "--suite", tmp_path / "short.toml", *ROWS])),
    }
    (tmp_path / "out").mkdir()

    def call(script):
        return subprocess.run(
            ["unshare", "-rm", "sh", "-c", script],
            env=os.environ | ENVIRONMENT | names,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def held(out):
    """Return what a folder's newest run holds: its timings and trainings."""
    contents = reader.load(folders.find(None, out))
    kinds = [type(record) for record in contents.records]
    return kinds.count(Timing), kinds.count(Training), contents.faults


def table(text):
    """Return the rows of a printed table with their time per step."""
    rows = [line.split()[:2] for line in text.splitlines() if line.strip().startswith("fake:")]
    return dict(reversed(rows))  # what is remarked of a row comes below it


def told_in_one_line(text, why):
    """Return whether standard error tells once, and with no traceback, that writing failed."""
    lines = [line for line in text.splitlines() if "can't write" in line]
    return len(lines) == 1 and why in lines[0] and "Traceback" not in text


def finished(out):
    """Return whether the newest run of a folder is complete, at most one line of it cut off."""
    timings, trainings, faults = held(out)
    whole = (timings, trainings) == (1, 2)
    return whole and [fault for fault in faults if "cut off" not in fault.what] == []


FILL = """\
mount -t tmpfs -o size={size} tmpfs $out
head -c {ballast} /dev/zero > $out/ballast
$run; echo code $?
mkdir $out.full $out.kept; cp -r $out/*Z $out.full
rm $out/ballast
$again > $out.again; echo again $?
cp -r $out/*Z $out.kept
"""


def test_a_disk_that_fills_up_is_told_at_once_and_the_run_is_finished_later(mounted, tmp_path):
    ended = mounted(FILL.format(size="64k", ballast=60 << 10))  # one page is left
    assert "code 1\nagain 0" in ended.stdout
    assert told_in_one_line(ended.stderr, "No space left on device") or told_in_one_line(
        ended.stderr, "the disk is full"
    )
    assert table(ended.stdout).keys() == {"fake:good"}
    assert "go on with: rnnbench run --resume" in ended.stderr
    assert held(tmp_path / "out.full")[0] <= 1  # it can be read
    assert finished(tmp_path / "out.kept")


def test_a_full_disk_is_told_before_anything_is_started(mounted, tmp_path):
    ended = mounted(FILL.format(size="64k", ballast=64 << 10))
    assert "code 2" in ended.stdout
    assert told_in_one_line(ended.stderr.partition("no run in")[0], "No space left on device")


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_started(mounted):
    ended = mounted("mount --bind $out $out; mount -o remount,bind,ro $out; $run; echo code $?")
    assert ended.stdout.endswith("code 2\n")
    assert "Read-only file system" in ended.stderr
    assert "Traceback" not in ended.stderr


def limited(folder, size):
    """Run the short suite in a process whose files may only be so large."""

    def limit():
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))  # workers set their own

    (folder / "short.toml").write_text(SUITE)
    options = ["--suite", folder / "short.toml", *ROWS, "--out", folder / "out"]
    return subprocess.run(
        [sys.executable, "-m", "rnnbench", "run", *map(str, options)],
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )


def ends(file):
    """Return where each record of a file ends, by its kind; of several, the last."""
    found, end = {}, 0
    for line in file.read_bytes().splitlines(keepends=True):
        end += len(line)
        found[line.split(b'"')[3].decode()] = end
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    assert limited(folder, 1 << 30).returncode == 0
    return ends(folders.find(None, folder / "out"))


@pytest.mark.parametrize("last", ["worker", "timing"])
def test_a_record_that_is_not_whole_on_disk_ends_the_run_with_its_table(
    undisturbed, tmp_path, last
):
    ended = limited(tmp_path, undisturbed[last] + 100)
    assert ended.returncode == 1
    assert told_in_one_line(ended.stderr, "")
    assert table(ended.stdout).keys() == {"fake:good"}
    assert "~" in "".join(table(ended.stdout).values())  # a time, within this process
    assert not finished(tmp_path / "out")
    again = rnnbench("run", "--resume", "--out", tmp_path / "out")
    assert again.code == 0, again.err
    assert finished(tmp_path / "out")


def test_where_not_even_the_plan_can_be_written_there_is_no_run(tmp_path):
    ended = limited(tmp_path, 100)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert told_in_one_line(ended.stderr, "")
    assert not (tmp_path / "out").exists()


def test_a_disk_that_fails_in_a_run_is_told_and_what_was_measured_is_printed(
    cli, tmp_path, monkeypatch
):
    def write(file, data, really=os.write):
        if data.startswith(b'{"record":"training"'):
            raise OSError(30, "Read-only file system")
        return really(file, data)

    (tmp_path / "short.toml").write_text(SUITE)
    with monkeypatch.context() as patched:
        patched.setattr(writing.os, "write", write)
        ended = cli("run", "--suite", tmp_path / "short.toml", *ROWS, "--out", tmp_path / "out")
    assert ended.code == 1
    assert told_in_one_line(ended.err, "Read-only file system")
    assert table(ended.out).keys() == {"fake:good"}
    assert held(tmp_path / "out") == (1, 0, [])
    assert cli("run", "--resume", "--out", tmp_path / "out").code == 0
    assert finished(tmp_path / "out")


def test_what_cannot_be_written_is_kept_in_memory(tmp_path, monkeypatch):
    with Writer(tmp_path / folders.FILE) as writer:
        writer.write(RUN)
        with monkeypatch.context() as patched:
            patched.setattr(writing.os, "write", lambda file, data: 10)
            with pytest.raises(ResultsError, match="the disk is full"):
                writer.write(TIMING)
        assert [type(record) for record in writer.records] == [type(RUN), Timing]


@pytest.fixture
def clock(monkeypatch):
    """A clock that is put back by an hour whenever it is read."""
    hours = iter(range(23, 0, -1))
    monkeypatch.setattr(machine, "now", lambda: f"2026-01-02T{next(hours):02}:00:00+00:00")


def test_a_clock_that_jumps_changes_labels_alone(cli, clock, tmp_path):
    (tmp_path / "short.toml").write_text(SUITE)
    ended = cli("run", "--suite", tmp_path / "short.toml", *ROWS, "--out", tmp_path / "out")
    assert ended.code == 0
    assert finished(tmp_path / "out")
    records = reader.read(folders.find(None, tmp_path / "out"))
    elapsed = [record.elapsed for record in records]
    assert elapsed == sorted(elapsed)
    finish = [record.finished for record in records if isinstance(record, Timing | Training)]
    assert finish == sorted(finish, reverse=True)


def test_what_is_done_does_not_depend_on_the_clock():
    early = [replace(record, finished="1970-01-01T00:00:00+00:00") for record in (TIMING, TRAINED)]
    remaining = Remaining(PLAN, [RUN, *early])
    assert remaining.timing(PLAN.comparisons[0]).key == KEY
    assert (TRAINED.row, TRAINED.seed) not in set(remaining.trainings(PLAN.comparisons[0]))
