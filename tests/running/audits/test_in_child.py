"""Judging in a child: whatever a cell or a task does there, the run goes on."""

import os
import sys
import time
from pathlib import Path

import pytest
from specimens import COMPARISON

from rnnbench.running.audits.in_child import judged
from rnnbench.schema.messages.message import Failed
from rnnbench.system import guarding
from rnnbench.system.guarding.owner import really_exit


@pytest.fixture
def ours(capfd):
    """This process, as if it were the command line's own."""
    with capfd.disabled(), guarding.process_is_ours():
        yield


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


def test_what_is_printed_there_is_set_aside(capfd):
    with guarding.process_is_ours():
        assert isinstance(call(lambda: print("\x1b[2Jhello", flush=True)), list)
    assert capfd.readouterr().out == ""
