import os
import signal
from pathlib import Path

import pytest
from msgspec.structs import replace
from specimens import PLAN, RUN, TIMING, TRAINED

from rnnbench.errors import UsageError
from rnnbench.plugins.registry import Registry
from rnnbench.report.progress.display import Terminal
from rnnbench.results import writer
from rnnbench.results.runs import folders
from rnnbench.results.writer import Writer
from rnnbench.running import launch
from rnnbench.running.runner import Runner
from rnnbench.schema.records.record import SCHEMA
from rnnbench.schema.status import FAILURES


def ended(status):
    return replace(TIMING, rows=[*TIMING.rows[:2], replace(TIMING.rows[2], status=status)])


@pytest.mark.parametrize("status", sorted(FAILURES))
def test_a_failed_row_fails_the_run(status):
    assert launch.exit_code([RUN, ended(status)]) == 1


@pytest.mark.parametrize("status", ["ok", "unsupported", "skipped", "unsteady"])
def test_what_is_no_failure_is_none(status):
    assert launch.exit_code([RUN, ended(status), TRAINED, replace(TRAINED, status="skipped")]) == 0


def test_a_failed_training_fails_the_run():
    assert launch.exit_code([RUN, ended("ok"), replace(TRAINED, status="oom")]) == 1


def test_a_failure_in_a_timing_that_was_taken_again_does_not_count():
    before = replace(ended("crashed"), complete=False)
    assert launch.exit_code([RUN, before, ended("ok")]) == 0


def test_the_first_record_says_what_is_going_to_be_done():
    run = launch.first_record(PLAN, RUN.started)
    assert (run.plan, run.schema, run.started) == (PLAN, SCHEMA, RUN.started)
    assert run.command[0] == "rnnbench"
    assert len(run.source) == 12


@pytest.mark.parametrize(
    ("changes", "folder", "command"),
    [
        ({}, "results/x", "rnnbench run --resume x"),
        ({}, "else where/x", "rnnbench run --resume x --out 'else where'"),
        ({}, "/else/where/x", "rnnbench run --resume x --out /else/where"),
        (
            {"plugins": ["mine"], "pythons": {"old": "/venv/bin/python"}},
            "results/x",
            "rnnbench run --resume x -p mine --python old=/venv/bin/python",
        ),
    ],
)
def test_the_command_to_resume_names_what_it_needs(tmp_path, changes, folder, command):
    found = launch.command_to_resume(replace(PLAN, **changes), Path(folder) / folders.FILE)
    assert found == command


def test_the_command_to_resume_names_the_run_from_within_its_folder(tmp_path, monkeypatch):
    (tmp_path / "x").mkdir()
    monkeypatch.chdir(tmp_path / "x")
    for file in (Path(folders.FILE), Path("..", "x", folders.FILE)):
        found = launch.command_to_resume(PLAN, file, ["--retry-failed"])
        out = ".." if file.parent.name == "x" else str(tmp_path)
        assert found == f"rnnbench run --resume x --out {out} --retry-failed"
    assert launch.command_to_resume(PLAN, Path("a.jsonl")) == "rnnbench run --resume a.jsonl"


def test_what_somebody_else_has_written_into_the_results_is_told(tmp_path):
    path = tmp_path / folders.FILE
    with Writer(path) as own:
        own.write(RUN)
        with path.open("a") as strange:
            strange.write("a note")
        own.write(TIMING)
        code, last = launch.conclusion(own, True, None, None, "")
    assert (code, last.partition("; ")[2]) == (1, "6 bytes of somebody else in it are set aside")


def test_other_runs_are_read_the_newest_first_and_what_is_none_is_passed_over(tmp_path):
    for name in ("a", "b", "mine"):
        (tmp_path / name).mkdir()
        with Writer(tmp_path / name / folders.FILE) as own:
            own.write(RUN)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / folders.FILE).write_text("hello")
    assert [name for name, _ in launch.earlier_runs(tmp_path, tmp_path / "mine")] == ["b", "a"]


def test_a_results_file_that_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(file, line):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(writer.os, "write", full)
    with pytest.raises(UsageError, match="No space left on device"):
        launch.begin(PLAN, Registry.of(), tmp_path / "out", Terminal())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("measured", [True, False])
def test_what_was_measured_stays_whatever_ends_the_run(fake, tmp_path, monkeypatch, measured):
    def run(runner, remaining):
        if measured:
            runner.writer.write(TIMING)
        raise UsageError("no room for a file")

    monkeypatch.setattr(Runner, "open", lambda runner: {})
    monkeypatch.setattr(Runner, "run", run)
    made = (PLAN, Registry.of([]), tmp_path / "out", Terminal(quiet=True))
    if measured:
        ended = launch.begin(*made)
        assert (ended.exit_code, len(launch.timings(ended.records))) == (1, 1)
        assert ended.last.startswith("no room for a file; the table shows what was measured")
        assert ended.file.exists()
    else:
        with pytest.raises(UsageError, match="no room for a file"):
            launch.begin(*made)
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("devices", "virtual"),
    [([], 1), (["cpu:0", "cpu:1"], 2), (["cpu:1", "cpu:3"], 4), (["gpu:0", "gpu:1"], 1)],
)
def test_workers_divide_the_cpu_into_as_many_devices_as_are_named(devices, virtual):
    comparison = replace(PLAN.comparisons[0].comparison, devices=devices)
    planned = replace(PLAN.comparisons[0], comparison=comparison)
    assert launch.virtual_devices(replace(PLAN, comparisons=[planned])) == virtual


def test_how_an_interrupted_run_is_gone_on_with_is_told_whatever_signals_follow(
    fake, tmp_path, monkeypatch
):
    """One after the first, which had ended the program in place of its last line."""
    through, told = [], []
    before = signal.signal(signal.SIGTERM, lambda number, frame: through.append(number))
    monkeypatch.setattr(Runner, "open", lambda runner: os.kill(os.getpid(), signal.SIGTERM))

    class Audience(Terminal):
        def tell(self, text):
            os.kill(os.getpid(), signal.SIGTERM)
            told.append(text)

    try:
        ended = launch.begin(PLAN, Registry.of([]), tmp_path, Audience(True), name="one")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.exit_code == 128 + signal.SIGTERM
    assert told[-1] == ended.last
    assert "interrupted; go on with: rnnbench run --resume one" in ended.last
    assert through == []
