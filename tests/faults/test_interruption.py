"""A run that is ended before it is over."""

import signal
import time

import psutil
import pytest
from commands import start, wait_until

from rnnbench.plan import expand
from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.running.session import Session
from rnnbench.schema.records.beginning import Interrupted
from rnnbench.text import duration

LONG = """\
[[block]]
tasks = ["echo"]
cells = ["elman"]
max_time = 0.05
steps = 0

[[block]]
tasks = ["echo"]
cells = ["lstm"]
max_time = 600.0
"""


@pytest.fixture
def long_run(tmp_path):
    """A run whose first comparison is finished and whose second takes ten minutes."""
    (tmp_path / "long.toml").write_text(LONG)
    out = tmp_path / "out"
    rows = ["--backends", "fake:good,fake:second", "--precision", "0.0000001"]
    process = start("run", "--suite", tmp_path / "long.toml", *rows, "--out", out)
    wait_until(
        lambda: any('"record":"timing"' in file.read_text() for file in folders.runs(out)), process
    )
    time.sleep(0.5)  # into the rounds of the second comparison
    process.workers = psutil.Process(process.pid).children(recursive=True)  # and two watchdogs
    yield process
    process.kill()
    process.communicate()
    for worker in process.workers:
        if worker.is_running():
            worker.kill()


def left(workers):
    """Return the workers that are still there after a while."""
    return psutil.wait_procs(workers, timeout=10)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_an_interrupted_run_shows_what_was_finished_and_leaves_nothing(long_run, number, tmp_path):
    assert len(long_run.workers) == 4
    long_run.send_signal(number)
    stdout, stderr = long_run.communicate(timeout=20)
    assert long_run.returncode == 128 + number
    assert "echo · elman" in stdout
    assert "fake:good" in stdout
    assert "interrupted; go on with: rnnbench run --resume " in stderr
    assert "Traceback" not in stderr
    assert left(long_run.workers) == []
    (file,) = folders.runs(tmp_path / "out")
    *_, before, last = reader.read(file)
    assert type(last) is Interrupted
    assert last.elapsed > before.elapsed
    assert f"took {duration(last.elapsed)}" in stdout


def test_what_was_begun_in_vain_counts_too(tmp_path, cli, monkeypatch):
    def interrupted(*arguments):
        time.sleep(0.3)
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "prove", interrupted)
    cli("run", "--suite", "tiny", "--backends", "fake:good", "--out", tmp_path)
    (file,) = folders.runs(tmp_path)
    *_, before, last = reader.read(file)
    assert last.elapsed > before.elapsed + 0.3
    cli("run", "--resume", "--out", tmp_path)
    times = [record.elapsed for record in reader.read(file)]
    assert times == sorted(times)


def test_workers_die_with_their_parent_even_suspended(long_run):
    assert len(long_run.workers) == 4
    long_run.kill()
    assert left(long_run.workers) == []


def test_ctrl_c_before_a_run_begins_is_no_traceback(cli, monkeypatch):
    def interrupted(request, registry):
        raise KeyboardInterrupt

    monkeypatch.setattr(expand, "expand", interrupted)
    ended = cli("run", "--suite", "tiny", "--backends", "fake")
    assert ended.code == 130
    assert "Traceback" not in ended.err
