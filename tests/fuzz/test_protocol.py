"""Whatever is said through the channel, either side understands it or says that it is nonsense."""

import json
import os
import socket
import subprocess

import msgspec
import pytest
from fuzzing import VALUES, changed, places, tries
from hypothesis import example, given
from hypothesis import strategies as st
from specimens import CHECKED, COMPARISON, OPENED, PREPARED

from rnnbench.errors import WorkerError
from rnnbench.running.workers import worker_process as processes
from rnnbench.running.workers.worker_process import WorkerProcess
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.opening import Open
from rnnbench.schema.messages.peak_rate import Gemm, Gemmed
from rnnbench.schema.messages.protocol import Reply, Request, decode_reply, decode_request
from rnnbench.schema.messages.timing import (
    Audit,
    Audited,
    Check,
    Finish,
    Finished,
    Prepare,
    Turn,
    Turned,
)
from rnnbench.schema.messages.training import Train, Trained
from rnnbench.schema.sample import Sample
from rnnbench.worker.server import Worker

SAMPLE = Sample(1, 1000, 1000, 0, 0, 0)
REPLIES = [
    OPENED,
    Gemmed(100, [SAMPLE]),
    CHECKED,
    PREPARED,
    Turned(SAMPLE, SAMPLE, SAMPLE, SAMPLE),
    Audited([0.5, None], {"update of w": [1.0]}, [None], 0.1),
    Finished(1, 0),
    Progress(3),
    Trained([(1, 0.5)], 0.5, 1.0),
    Failed("failed", "RuntimeError: broken"),
]
REQUESTS = [
    Open("fake", [], 1),
    Gemm("cpu", "float32", 6),
    Check(COMPARISON, "good", 0, None, ("a cell", "a task", "a network")),
    Prepare(COMPARISON, "good", 0),
    Turn(1, 1, 7),
    Audit(3),
    Finish(),
    Train(0),
]
LINES = st.binary(max_size=60).map(lambda data: data.replace(b"\n", b""))
DEEP = b'{"type":"Opened","versions":' + b"[" * 100_000
DEEP_UNKNOWN = b'{"type":"Opened","mood":' + b"[" * 100_000


class Dead:
    """A process that has said something before it has ended."""

    pid = 2**31 - 1  # which nobody has

    def __init__(self, sent, inherited):
        with socket.socket(fileno=os.dup(inherited)) as end:
            end.sendall(sent)

    def wait(self, timeout=None):
        return 0

    def poll(self):
        return 0


@pytest.fixture(scope="module")
def hear(tmp_path_factory):
    """Hear what was sent, as the parent does, from a worker that is no process at all."""
    log = tmp_path_factory.mktemp("logs") / "worker.log"

    def call(sent, expect):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(subprocess, "Popen", lambda *_, pass_fds, **__: Dead(sent, pass_fds[0]))
            patch.setattr(processes, "end_marked", lambda mark, known: None)
            worker = WorkerProcess(log, threads=1, timeout=5.0, mark="nobody")
            try:
                return worker.receive(expect, progress=lambda progress: None)
            finally:
                worker.kill()

    return call


@st.composite
def mutated(draw, messages):
    """A message in which a value or two are others."""
    message = msgspec.to_builtins(draw(st.sampled_from(messages)))
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(list(places(message))))
        message = changed(message, place, draw(VALUES | st.just(...)))
    return message


def encoded(message):
    """Return JSON as another language may write it, with integers of any size."""
    return json.dumps(message).encode()


def is_understood_or_refused(hear, sent, expect):
    """Return whether what was sent is an answer of the right kind, or ends as a crash."""
    try:
        reply = hear(sent, expect)
    except WorkerError as error:
        return error.status == "crashed"
    return isinstance(reply, expect | Failed) and decode_reply(msgspec.json.encode(reply)) == reply


KINDS = st.sampled_from(Reply.__args__)


@tries(600)
@given(lines=st.lists(LINES, max_size=5), expect=KINDS)
@example([DEEP], type(OPENED))
@example([DEEP_UNKNOWN], type(OPENED))
@example([b'{"type":"\xff"}'], type(OPENED))
@example([b'{"type":"Progress","step":1}'] * 100, Trained)
def test_the_parent_hears_any_bytes(hear, lines, expect):
    assert is_understood_or_refused(hear, b"\n".join(lines), expect)
    assert is_understood_or_refused(hear, b"".join(line + b"\n" for line in lines), expect)


@tries(800)
@given(message=mutated(REPLIES), expect=KINDS)
def test_the_parent_hears_any_values(hear, message, expect):
    assert is_understood_or_refused(hear, encoded(message) + b"\n", expect)


def test_the_parent_understands_what_is_right(hear):
    for reply in (reply for reply in REPLIES if not isinstance(reply, Progress)):
        assert hear(msgspec.json.encode(reply) + b"\n", type(reply)) == reply


class Wall:
    """The worker's channel: says what it is given, and takes the answers."""

    def __init__(self, lines):
        self.lines = list(lines)
        self.answers = []

    def receive(self):
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    def send(self, message):
        self.answers.append(decode_reply(message))


@tries(1000)
@given(line=LINES)
@example(DEEP)
@example(b'{"type":"\xff"}')
def test_the_worker_refuses_any_bytes(line):
    with pytest.raises((ValueError, msgspec.DecodeError, RecursionError)):
        Worker(Wall([line])).serve()


@tries(1000)
@given(message=mutated(REQUESTS))
def test_the_worker_refuses_any_values_or_understands_them(message):
    line = encoded(message)
    try:
        request = decode_request(line)
    except (ValueError, msgspec.DecodeError):
        return
    assert isinstance(request, Request)


@tries(300)
@given(messages=st.lists(st.sampled_from(REQUESTS[1:]), max_size=4))
def test_a_worker_asked_out_of_turn_answers_and_lives_on(messages):
    wall = Wall(map(msgspec.json.encode, messages))
    Worker(wall).serve()
    assert [type(answer) for answer in wall.answers] == [Failed] * len(messages)
