"""One worker process, supervised."""

import itertools
import json
import os
import signal
import sys
import time
import uuid

import psutil
import pytest
from specimens import COMPARISON

from rnnbench.errors import WorkerError
from rnnbench.running.workers import worker_process
from rnnbench.running.workers.worker_process import WorkerProcess
from rnnbench.schema.messages.message import Progress
from rnnbench.schema.messages.opening import Open, Opened
from rnnbench.schema.messages.protocol import encode
from rnnbench.schema.messages.timing import Prepare, Prepared, Turn, Turned
from rnnbench.schema.messages.training import Train, Trained
from rnnbench.schema.sample import Sample


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
    process = WorkerProcess(log, threads=1, timeout=60, mark=uuid.uuid4().hex)
    assert isinstance(process.ask(Open("fake", [], 1), Opened), Opened)
    yield process
    process.kill()


@pytest.fixture
def doomed(tmp_path):
    """A worker that has been asked for nothing."""
    process = WorkerProcess(tmp_path / "worker.log", threads=1, timeout=0.2, mark=uuid.uuid4().hex)
    yield process
    process.kill()


def status(process):
    return psutil.Process(process._process.pid).status()


def test_it_answers_what_it_is_asked(worker):
    assert isinstance(worker.ask(Prepare(COMPARISON, "good", 0), Prepared), Prepared)
    assert isinstance(worker.ask(Turn(1, 1), Turned, bool), Turned)


def test_a_failure_is_an_answer(worker):
    reply = worker.ask(Prepare(COMPARISON, "raises", 0), Prepared)
    assert reply.status == "failed"
    assert reply.reason.startswith("backend 'fake' of ")
    assert reply.reason.endswith(": program() raises RuntimeError: broken on purpose")


def test_denormals_are_flushed_and_threads_set(worker):
    opened = worker.ask(Open("fake", [], 1), Opened)
    assert opened.threads in (1, None)
    assert opened.cpus is None or len(opened.cpus) == 1
    assert opened.denormals_flushed or not os.path.exists("/proc")  # noqa: PTH110


def test_what_it_prints_goes_to_its_log(worker, log, capfd):
    worker.ask(Prepare(COMPARISON, "chatty", 0), Prepared)
    worker.ask(Train(0), Trained, lambda told: True)  # where it takes more than a moment
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
        doomed.receive(Opened)
    assert raised.value.status == "timeout"
    assert gone(pid)


@pytest.mark.parametrize("suspended", [False, True])
def test_a_request_that_is_larger_than_what_the_system_holds_does_not_wait_for_ever(
    doomed, monkeypatch, suspended
):
    if suspended:
        doomed.suspend()
        monkeypatch.setattr(doomed, "_resume", lambda: None)
    os.kill(doomed.group, signal.SIGSTOP)
    start = time.monotonic()
    with pytest.raises(WorkerError, match=r"silent for 0\.2 s"):
        doomed.ask(Open("x" * 10**7, [], 1), Opened)
    assert time.monotonic() - start < 10
    assert gone(doomed.group)


@pytest.mark.parametrize(
    ("steps", "reached"),
    [
        (itertools.count(), 3),  # goes on rising beyond the last step, as an endless evaluation
        (itertools.repeat(2), 2),
        (itertools.cycle([3, 2, 1]), 3),
    ],
)
def test_the_time_of_what_only_seems_to_go_on_has_an_end(doomed, monkeypatch, steps, reached):
    def receive(timeout):
        time.sleep(0.001)
        return encode(Progress(next(steps)))

    def progress(message):
        seen.append(message.step)
        return message.step <= 3

    seen = []
    monkeypatch.setattr(doomed._channel, "receive", receive)
    start = time.monotonic()
    with pytest.raises(WorkerError, match=r"silent for 0\.2 s"):
        doomed.receive(Trained, progress)
    assert 0.2 <= time.monotonic() - start < 5
    assert max(seen[:5]) >= reached


def test_it_is_looked_around_while_a_worker_is_waited_for(doomed, monkeypatch):
    looked = []
    monkeypatch.setattr(worker_process, "LOOK", 0.05)
    doomed._look_around = lambda: looked.append(time.monotonic())
    with pytest.raises(WorkerError, match="silent"):
        doomed.receive(Opened)
    assert len(looked) >= 2


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_log_that_is_no_file_is_an_error_at_once(tmp_path, make):
    make(tmp_path / "worker.log")
    with pytest.raises(OSError, match=r"not a regular file: .*worker\.log"):
        WorkerProcess(tmp_path / "worker.log", threads=1, timeout=60, mark="nobody")


def test_a_log_that_a_worker_replaces_by_a_pipe_is_not_waited_for(doomed, tmp_path):
    (tmp_path / "worker.log").unlink()
    os.mkfifo(tmp_path / "worker.log")
    os.killpg(doomed.group, signal.SIGSEGV)
    with pytest.raises(WorkerError, match="ended by SIGSEGV"):
        doomed.receive(Opened)


def test_a_worker_that_dies_is_told_with_its_signal(doomed):
    os.killpg(doomed._process.pid, signal.SIGSEGV)
    with pytest.raises(WorkerError, match="ended by SIGSEGV") as raised:
        doomed.ask(Open("fake", [], 1), Opened)
    assert raised.value.status == "crashed"


@pytest.fixture
def answers(doomed, monkeypatch):
    """Have the worker's next answer be these bytes."""

    def answer(message):
        monkeypatch.setattr(doomed._channel, "receive", lambda timeout: message)

    return answer


def turned(**changes):
    """Return an answer to a turn, changed where it says so."""
    sample = [1, 1000, 1000, 0, 0, 0]
    names = ("first_step", "steps", "first_forward", "forwards")
    return json.dumps({"type": "Turned"} | dict.fromkeys(names, sample) | changes).encode()


def test_an_answer_made_by_hand_is_understood(doomed, answers):
    answers(turned())
    assert doomed.receive(Turned).steps == Sample(1, 1000, 1000, 0, 0, 0)


@pytest.mark.parametrize(
    "message",
    [
        b"hello",
        b"\xff",
        b"[]",
        b'{"type": "Finished"}',
        b'{"type": "Sang"}',
        b'{"type": "Gemmed", "size": -3, "samples": [[1, 1000, 1000, 0]]}',
        b'{"type": "Gemmed", "size": 1e999, "samples": [[1, 1000, 1000, 0]]}',
        b'{"type": "Gemmed", "size": 256, "samples": []}',
        turned(steps=[1, -1000, 1000, 0, 0, 0]),
        turned(steps=[1, 0, 1000, 0, 0, 0]),
        turned(steps=[0, 1000, 1000, 0, 0, 0]),
        turned(forwards=[1, 1000, -1, 0, 0, 0]),
        turned(forwards=[1, 1000, 1000, 0, -1, 0]),
        turned(first_step=[1, "long", 1000, 0, 0, 0]),
        turned(first_step=[1, 0.5, 1000, 0, 0, 0]),
        turned(first_step=[1]),
        turned(first_forward=None),
        turned(mood="good"),
    ],
    ids=lambda message: message.decode(errors="replace")[-45:],
)
def test_nonsense_ends_the_worker(doomed, answers, message):
    answers(message)
    with pytest.raises(WorkerError, match="answered nonsense") as raised:
        doomed.receive(Turned)
    assert raised.value.status == "crashed"
    assert gone(doomed._process.pid)


def test_an_answer_to_another_question_ends_the_worker(doomed, answers):
    answers(turned())
    with pytest.raises(WorkerError, match="out of turn: Turned"):
        doomed.receive(Opened)


def test_a_suspended_worker_can_be_ended(doomed):
    doomed.suspend()
    doomed.kill()
    assert gone(doomed._process.pid)


def test_what_clusters_send_to_everyone_is_left_to_the_parent(worker):
    os.killpg(worker.group, signal.SIGTERM)
    assert isinstance(worker.ask(Open("fake", [], 1), Opened), Opened)


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ("", "MemoryError", "oom"),
        ("", "terminate called after throwing an instance of 'std::bad_alloc'", "oom"),
        ("MemoryError", "", "crashed"),
        ("", "MemoryError\n" + "another line\n" * 20, "crashed"),
        ("", "ValueError: out of memory", "crashed"),
    ],
)
def test_only_the_last_words_of_the_request_in_hand_tell_of_memory(tmp_path, before, after, status):
    python, log = tmp_path / "python", tmp_path / "worker.log"
    python.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        f"os.write(2, {before!r}.encode() + b'\\nready\\n')\n"
        f"os.read(int(sys.argv[4]), 1 << 16)\nos.write(2, {after!r}.encode())\nos._exit(3)\n"
    )
    python.chmod(0o700)
    process = WorkerProcess(log, threads=1, timeout=60, mark=uuid.uuid4().hex, python=str(python))
    deadline = time.monotonic() + 30
    while "ready" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(WorkerError) as ended:
        process.ask(Turn(1, 1), Turned, bool)
    assert ended.value.status == status
