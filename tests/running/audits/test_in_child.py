"""Judging in a child: whatever a cell or a task does there, the run goes on."""

import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from specimens import COMPARISON

from rnnbench.running.audits.in_child import judged
from rnnbench.schema.messages.message import Failed
from rnnbench.system import guarding
from rnnbench.system.guarding.owner import really_exit
from rnnbench.system.processes.descendants import marked


@pytest.fixture
def ours(capfd):
    """This process, as if it were the command line's own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background ignores it
    with capfd.disabled(), guarding.process_is_ours():
        yield
    signal.signal(signal.SIGINT, before)


class Late(BaseException):
    """What nobody catches."""


def call(act, longest=60.0):
    def judge():
        act()
        return [os.getpid()]

    return judged(judge, list[int], COMPARISON, longest, "tested.0")


def late():
    raise Late("late")


def interrupt():
    raise KeyboardInterrupt


def change_folder():
    os.chdir("/")


@pytest.mark.usefixtures("ours")
def test_what_is_found_comes_from_another_process():
    (pid,) = call(lambda: None)
    assert pid != os.getpid()


def test_where_the_process_is_not_ours_it_is_found_here():
    assert call(lambda: None) == [os.getpid()]


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(
    ("act", "status", "reason"),
    [
        (lambda: 1 / 0, "failed", "no audit: echo with lstm: ZeroDivisionError: division by zero"),
        (late, "failed", "no audit: echo with lstm: Late: late"),
        (sys.exit, "failed", "no audit: echo with lstm: SystemExit"),
        (interrupt, "failed", "no audit: echo with lstm: KeyboardInterrupt"),
        (
            lambda: really_exit(0),
            "crashed",
            "no audit: echo with lstm: the audit has ended the program: with exit code 0",
        ),
        (
            lambda: os.closerange(3, 256),
            "crashed",
            "no audit: echo with lstm: the audit has ended the program: by closing its files",
        ),
    ],
)
def test_who_raises_or_ends_has_failed(act, status, reason):
    assert call(act) == Failed(status, reason)


@pytest.mark.usefixtures("ours")
def test_who_never_returns_is_ended():
    reason = "no audit: echo with lstm: the audit does not answer within 0.3 s"
    assert call(lambda: time.sleep(60), longest=0.3) == Failed("timeout", reason)


@pytest.mark.usefixtures("ours")
def test_what_is_changed_there_is_as_it_was_here():
    before = Path.cwd()
    call(change_folder)
    assert Path.cwd() == before


def swallow_interruption():
    with suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)


def write_into_the_answer():
    *_, last = [number for number in range(3, 64) if is_pipe(number)]
    os.write(last, b"1garbage")


def is_pipe(descriptor):
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False


@pytest.mark.usefixtures("ours")
def test_an_interruption_that_is_made_there_is_nobodys(monkeypatch):
    before = os.getpid()
    (pid,) = call(swallow_interruption)
    assert pid != before
    found = call(lambda: os.kill(os.getpid(), signal.SIGINT) or time.sleep(1))
    assert (found.status, found.reason) == ("failed", "no audit: echo with lstm: KeyboardInterrupt")


@pytest.mark.usefixtures("ours")
def test_an_answer_that_somebody_has_written_into_is_none():
    assert call(write_into_the_answer).reason.endswith("with lstm gives no answer that can be told")


@pytest.mark.usefixtures("ours")
def test_what_is_started_there_is_ended(tmp_path):
    def start():
        if not os.fork():
            os.setsid()
            time.sleep(60)
        subprocess.Popen(["sleep", "60"], start_new_session=True)

    assert isinstance(call(start), list)
    assert not list(marked("tested.0"))


def test_what_is_printed_there_is_set_aside(capfd):
    with guarding.process_is_ours():
        assert isinstance(call(lambda: print("\x1b[2Jhello", flush=True)), list)
    assert capfd.readouterr().out == ""
