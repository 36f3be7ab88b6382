"""What guards the workers when nobody else can."""

import os
import signal
import subprocess
import sys
import time
import uuid

import psutil
import pytest

from rnnbench.running.workers.watchdog import Watchdog
from rnnbench.system.processes.descendants import marked
from rnnbench.system.processes.marks import MARK

#: Starts a watchdog, then marked processes in sessions of their own, which it suspends.
PARENT = f"""
import os, signal, subprocess, sys, time
from rnnbench.running.workers.watchdog import Watchdog
watchdog = Watchdog(sys.argv[1])
for number in range(3):
    worker = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        env=os.environ | {{{MARK!r}: f"{{sys.argv[1]}}.{{number}}"}},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    os.kill(worker.pid, signal.SIGSTOP)
print(watchdog._process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def mark():
    """A mark; whatever bears it is ended afterwards."""
    yield (mark := uuid.uuid4().hex)
    for pid in marked(mark):
        os.kill(pid, signal.SIGKILL)


def wait_until(is_so, seconds):
    """Return whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


def alive(mark):
    return list(marked(mark))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda n: n.name)
def test_suspended_processes_end_with_their_parent(mark, number):
    command = [sys.executable, "-c", PARENT, mark]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        watchdog = psutil.Process(int(parent.stdout.readline()))
        assert wait_until(lambda: len(alive(mark)) == 3, seconds=2)
        parent.send_signal(number)
        parent.wait()
    assert wait_until(lambda: not alive(mark), seconds=2)
    assert wait_until(lambda: not watchdog.is_running(), seconds=10)


def test_one_that_is_dismissed_ends_nothing(mark):
    watchdog = Watchdog(mark)
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(sleep, env=os.environ | {MARK: mark}) as worker:
        watchdog.dismiss()
        assert watchdog._process.returncode == -signal.SIGKILL
        time.sleep(0.2)
        assert worker.poll() is None
        worker.kill()
