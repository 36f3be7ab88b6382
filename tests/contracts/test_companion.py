"""Processes beside a worker; what they run here needs no framework."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from rnnbench.contracts import companion
from rnnbench.contracts.companion import Companion
from rnnbench.system import counters
from rnnbench.system.processes.marks import MARK

FOLLOWER = """
import os, signal, time
from rnnbench.system import denormals

def tell(end):
    end.recv(1)
    heard = [signal.getsignal(n) is signal.SIG_IGN for n in (signal.SIGINT, signal.SIGTERM)]
    threads = os.environ["OMP_NUM_THREADS"]
    found = denormals.flushed(), all(heard), threads, os.environ.get("RNNBENCH_WORKER")
    end.sendall(repr(found).encode())

def compute(end):
    start = time.process_time()
    while time.process_time() < start + 0.2:
        pass
    end.sendall(b"x")
    end.recv(1)

def sleep(end):
    time.sleep(600)

def leave(end):
    raise SystemExit(3)
"""
LEADER = """
import sys, time
from rnnbench.contracts.companion import Companion
print(Companion("follower:sleep", 1).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def start(tmp_path, monkeypatch):
    (tmp_path / "follower.py").write_text(FOLLOWER)
    monkeypatch.syspath_prepend(tmp_path)
    started = []

    def make(name, threads=1):
        started.append(Companion(f"follower:{name}", threads))
        return started[-1]

    yield make
    for each in started:
        each.socket.close()
        each.end()


def test_it_is_as_its_worker_is(start, monkeypatch):
    """Modules are found where they are here, denormals are flushed, and no signal is heard."""
    monkeypatch.setenv(MARK, "run.7")
    made = start("tell", threads=3)
    made.socket.sendall(b"x")
    assert made.socket.recv(100) == b"(True, True, '3', 'run.7')"
    assert made.ended(5) == "with exit code 0"


def test_what_it_computes_is_not_done_by_others(start):
    before = counters.Counters.read()
    made = start("compute")
    assert made.socket.recv(1) == b"x"
    after = counters.Counters.read()
    assert after.cpu_ns - before.cpu_ns > 0.2e9
    assert len(after.delays) > len(before.delays)
    made.end()
    assert counters.processor_time() < after.cpu_ns


def test_how_it_has_ended_is_told(start):
    assert start("leave").ended(5) == "with exit code 3"
    made = start("sleep")
    assert made.ended() is None
    os.kill(made.pid, signal.SIGKILL)
    assert made.ended(5) == "by SIGKILL"


def test_it_is_ended_though_it_is_stopped(start):
    made = start("sleep")
    os.kill(made.pid, signal.SIGSTOP)
    made.end()
    assert not psutil.pid_exists(made.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody is told of a parent's end")
def test_it_ends_with_a_worker_that_is_killed(start, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", LEADER],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
    ) as leader:
        pid = int(leader.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        leader.kill()
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_worker_knows_how_long_it_may_be_silent(monkeypatch):
    monkeypatch.delenv(companion.TIMEOUT, raising=False)
    assert companion.worker_timeout() == 600
    monkeypatch.setenv(companion.TIMEOUT, "2.5")
    assert companion.worker_timeout() == 2.5
