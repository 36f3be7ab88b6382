"""One piece of work in two processes, and in one where there can't be two."""

import os
import signal
import threading
from pathlib import Path

import pytest

from rnnbench.system import halves
from rnnbench.system.guarding.children import fork

MANY = list(range(halves.FEWEST + 1))


@pytest.fixture
def children(monkeypatch):
    """There are two CPUs and no other threads; the children that are started, each once.

    What runs the tests has threads, and may have children of its own.
    """
    started = []

    def noted():
        if child := fork():
            started.append(child)
        return child

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(halves, "fork", noted)
    return started


def done(items):
    """Return each item with the process in which it was done."""
    return [(item, os.getpid()) for item in items]


def in_halves(work=done, items=MANY):
    return halves.in_halves(work, items, list[tuple[int, int]])


def processes(found):
    """Return in which processes items were done, after a look at their order."""
    assert [item for item, _ in found] == MANY
    return list(dict.fromkeys(process for _, process in found))


def is_left(child):
    """Return whether a child is there, if only as one that has ended and was not waited for."""
    try:
        os.waitpid(child, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def test_a_child_does_the_second_half_of_many(children):
    assert processes(in_halves()) == [os.getpid(), *children]
    assert len(children) == 1
    assert not is_left(*children)


def test_few_are_done_here(children):
    assert in_halves(items=MANY[2:]) == done(MANY[2:])
    assert children == []


def test_with_other_work_besides_a_child_does_three_quarters(children):
    found = halves.in_halves(done, MANY, list[tuple[int, int]], besides=lambda: [(-1, os.getpid())])
    assert found[0] == (-1, os.getpid())
    assert processes(found[1:]) == [os.getpid(), *children]
    assert [process for _, process in found[1:]].count(os.getpid()) == len(MANY) // 4


def test_other_work_comes_first_where_few_are_done_here(children):
    found = halves.in_halves(done, MANY[2:], list[tuple[int, int]], besides=lambda: [(-1, 0)])
    assert found == [(-1, 0), *done(MANY[2:])]
    assert children == []


def test_there_is_no_third_process(children):
    """What is done in halves may be one of two halves itself, in either process."""

    def work(_):
        return [(item, os.getpid()) for item, _ in in_halves()]

    found = halves.in_halves(work, MANY, list[tuple[int, int]])
    assert [item for item, _ in found] == [*MANY, *MANY]
    assert {process for _, process in found} == {os.getpid(), *children}
    assert len(children) == 1
    assert processes(in_halves()) == [os.getpid(), children[1]]  # once it has ended, there is one


def descriptors():
    """Return the files that are open."""
    return sorted(one.name for one in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        (os, "sched_getaffinity", lambda _: {0}),
        (threading, "active_count", lambda: 2),
        (halves.sys, "platform", "darwin"),
        (os, "fork", lambda: (_ for _ in ()).throw(BlockingIOError(11, "no more processes"))),
        (os, "pipe", lambda: (_ for _ in ()).throw(OSError(24, "too many open files"))),
    ],
    ids=["one CPU", "threads", "another system", "no more processes", "no more files"],
)
def test_all_is_done_here_where_there_can_be_no_child(children, monkeypatch, where, name, value):
    monkeypatch.setattr(where, name, value)
    before = descriptors()
    assert processes(in_halves()) == [os.getpid()]
    assert descriptors() == before
    assert children == []


@pytest.mark.parametrize(
    "end",
    [
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: (_ for _ in ()).throw(MemoryError),
        lambda: os._exit(0),
        lambda: os.kill(os.getpid(), signal.SIGSTOP),
    ],
    ids=["killed", "raised", "left", "stopped"],
)
def test_what_a_child_does_not_hand_over_is_done_here(children, monkeypatch, end):
    monkeypatch.setattr(halves, "PATIENCE", 0.2)
    here = os.getpid()

    def work(items):
        if os.getpid() != here:
            end()
        return done(items)

    assert processes(in_halves(work)) == [here]
    assert len(children) == 1
    assert not is_left(*children)


def test_an_answer_that_breaks_off_is_none(children, monkeypatch):
    encode = halves.msgspec.msgpack.encode
    monkeypatch.setattr(halves.msgspec.msgpack, "encode", lambda found: encode(found)[:-1])
    assert processes(in_halves()) == [os.getpid()]
    assert len(children) == 1


def test_what_cannot_be_done_raises_here(children, capfd):
    def work(items):
        if MANY[-1] in items:
            raise ValueError("the last one")
        return done(items)

    with pytest.raises(ValueError, match="the last one"):
        in_halves(work)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_no_child_outlives_what_is_raised_here(children, error):
    here = os.getpid()

    def work(items):
        if os.getpid() == here:
            raise error
        signal.pause()

    with pytest.raises(error):
        in_halves(work)
    assert len(children) == 1
    assert not is_left(*children)
