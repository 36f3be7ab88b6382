"""One worker process, supervised."""

import os
import signal
import time

import psutil
import pytest
from specimens import COMPARISON

from rnnbench.errors import WorkerError
from rnnbench.process import WorkerProcess
from rnnbench.protocol import Failed, Open, Opened, Prepare, Prepared, Train, Trained, Turn, Turned


def gone(pid, within=10.0):
    """Return whether a process ends in time; one that nobody has waited for counts as ended."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("logs") / "worker.log"


@pytest.fixture(scope="module")
def worker(log, fake_module):
    """A worker that has opened the fake backend, for the tests that leave it alive."""
    process = WorkerProcess(log, threads=1, timeout=60)
    assert isinstance(process.ask(Open("fake", [], 1), Opened), Opened)
    yield process
    process.kill()


@pytest.fixture
def doomed(tmp_path):
    """A worker that has been asked for nothing."""
    process = WorkerProcess(tmp_path / "worker.log", threads=1, timeout=0.2)
    yield process
    process.kill()


def status(process):
    return psutil.Process(process._process.pid).status()


def test_it_answers_what_it_is_asked(worker):
    assert isinstance(worker.ask(Prepare(COMPARISON, "good", 0), Prepared), Prepared)
    assert isinstance(worker.ask(Turn(1, 1), Turned), Turned)


def test_a_failure_is_an_answer(worker):
    reply = worker.ask(Prepare(COMPARISON, "raises", 0), Prepared)
    assert reply == Failed("failed", "RuntimeError: broken on purpose")


def test_denormals_are_flushed_and_threads_set(worker):
    opened = worker.ask(Open("fake", [], 1), Opened)
    assert opened.threads in (1, None)
    assert opened.cpus is None or len(opened.cpus) == 1
    assert opened.denormals_flushed or not os.path.exists("/proc")  # noqa: PTH110


def test_what_it_prints_goes_to_its_log(worker, log, capfd):
    worker.ask(Prepare(COMPARISON, "chatty", 0), Prepared)
    worker.ask(Train(0), Trained)
    for where in ("stdout", "stderr", "descriptor 1"):
        assert f"CHATTER on {where}" in log.read_text()
    assert capfd.readouterr() == ("", "")


def test_it_is_suspended_and_resumed(worker):
    worker.suspend()
    deadline = time.monotonic() + 5
    while status(worker) != psutil.STATUS_STOPPED and time.monotonic() < deadline:
        time.sleep(0.01)
    assert status(worker) == psutil.STATUS_STOPPED
    assert isinstance(worker.ask(Prepare(COMPARISON, "good", 0), Prepared), Prepared)
    assert status(worker) != psutil.STATUS_STOPPED


def test_a_silent_worker_is_ended(doomed):
    pid = doomed._process.pid
    with pytest.raises(WorkerError, match=r"silent for 0\.2 s") as raised:
        doomed.hear(Opened)
    assert raised.value.status == "timeout"
    assert gone(pid)


def test_a_worker_that_dies_is_told_with_its_signal(doomed):
    os.killpg(doomed._process.pid, signal.SIGSEGV)
    with pytest.raises(WorkerError, match="ended by SIGSEGV") as raised:
        doomed.ask(Open("fake", [], 1), Opened)
    assert raised.value.status == "crashed"


@pytest.mark.parametrize(
    ("message", "reason"),
    [(b"hello", "answered nonsense"), (b'{"type": "Finished"}', "answered nonsense")],
)
def test_nonsense_ends_the_worker(doomed, monkeypatch, message, reason):
    monkeypatch.setattr(doomed._connection, "poll", lambda timeout: True)
    monkeypatch.setattr(doomed._connection, "recv_bytes", lambda most: message)
    with pytest.raises(WorkerError, match=reason):
        doomed.hear(Opened)
    assert gone(doomed._process.pid)


def test_an_answer_to_another_question_ends_the_worker(doomed, monkeypatch):
    monkeypatch.setattr(doomed._connection, "poll", lambda timeout: True)
    reply = b'{"type":"Turned","first_step_s":1,"step_s":1,"forward_s":1}'
    monkeypatch.setattr(doomed._connection, "recv_bytes", lambda most: reply)
    with pytest.raises(WorkerError, match="out of turn: Turned"):
        doomed.hear(Opened)


def test_a_suspended_worker_can_be_ended(doomed):
    doomed.suspend()
    doomed.kill()
    assert gone(doomed._process.pid)
