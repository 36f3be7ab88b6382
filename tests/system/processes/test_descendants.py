"""What a worker has started is found by its mark, wherever it has gone."""

import os
import subprocess
import sys
import time
import uuid

import psutil
import pytest

from rnnbench.system.processes import descendants, ending
from rnnbench.system.processes.descendants import marked
from rnnbench.system.processes.marks import MARK

#: Leaves its session twice, as a daemon does, so that its parent, its group and its session are
#: others; then it tells its number and sleeps.
DAEMON = """
import os, time
for _ in range(2):
    if os.fork():
        os._exit(0)
    os.setsid()
print(os.getpid(), flush=True)
os.close(1)
time.sleep(60)
"""


@pytest.fixture
def daemon():
    """Start a daemon with a mark, and return it; it is ended afterwards in any case."""
    started = []

    def start(mark):
        ended = subprocess.run(
            [sys.executable, "-c", DAEMON],
            env=os.environ | {MARK: mark},
            stdout=subprocess.PIPE,
            check=True,
        )
        started.append(psutil.Process(int(ended.stdout)))
        return started[-1]

    yield start
    for process in started:
        if process.is_running():
            process.kill()


def is_alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_daemon_is_found_by_its_mark_and_ended(daemon):
    run = uuid.uuid4().hex
    found, other = daemon(f"{run}.3"), daemon(f"{uuid.uuid4().hex}.3")
    assert os.getsid(found.pid) != os.getsid(0)
    assert list(marked(run)) == [found.pid]
    descendants.end_marked(run)
    assert not is_alive(found)
    assert is_alive(other)


def test_a_worker_is_told_from_the_others_of_its_run(daemon):
    run = uuid.uuid4().hex
    one, ten = daemon(f"{run}.1"), daemon(f"{run}.10")
    descendants.end_marked(f"{run}.1")
    assert not is_alive(one)
    assert is_alive(ten)


def test_a_suspended_process_is_ended_too(daemon):
    process = daemon(mark := uuid.uuid4().hex)
    process.suspend()
    descendants.end_marked(mark)
    assert not is_alive(process)


def test_it_does_not_end_itself(monkeypatch):
    monkeypatch.setenv(MARK, mark := uuid.uuid4().hex)
    descendants.end_marked(mark)
    assert list(marked(mark)) == []


def test_what_does_not_end_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(descendants, "marked", lambda mark: iter([2**31 - 1]))
    monkeypatch.setattr(ending, "PATIENCE", 0.1)
    start = time.monotonic()
    descendants.end_marked("whoever")
    assert 0.1 <= time.monotonic() - start < 5
