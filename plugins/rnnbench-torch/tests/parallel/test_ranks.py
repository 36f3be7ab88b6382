"""Ranks that are lost; none of these builds a model, which would take seconds each."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import torch
from torch import distributed

from rnnbench import RankEnded
from rnnbench_torch.parallel import meeting
from rnnbench_torch.parallel.messages import Failed, Line, Wait
from rnnbench_torch.parallel.rank import failure
from rnnbench_torch.parallel.ranks import Ranks

NOTHING = Wait(99)
Start = Callable[[int], Ranks]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Ranks] = []

    def make(count: int) -> Ranks:
        started.append(Ranks([f"cpu:{k}" for k in range(count)], 1))
        return started[-1]

    yield make
    for each in started:
        each.end()


def test_one_that_is_silent(start: Start) -> None:
    """Here it is missed after half a second: how long it takes to start one tells nothing."""
    ranks = start(2)
    (pid,) = (other.pid for other in ranks.others)
    os.kill(pid, signal.SIGSTOP)

    def meet() -> None:
        work = distributed.all_reduce(torch.zeros(1), async_op=True)
        work.wait(timedelta(seconds=0.5))

    with pytest.raises(RankEnded, match=r"^rank 1 of 2 \(cpu:1\): silent for 450 s$"):
        ranks.call([NOTHING], meet)
    assert not Path(f"/proc/{pid}").exists()


def test_silence_on_a_line_and_in_the_all_reduce() -> None:
    ours, theirs = socket.socketpair()
    line = Line(ours, 0.05)
    with theirs, pytest.raises(BlockingIOError) as silence:
        line.receive()
    line.close()
    gloo = RuntimeError("[gloo/unbound_buffer.cc:78] Timed out waiting 6000ms for recv operation")
    for error in (silence.value, gloo):
        assert meeting.is_lost(error)
        assert meeting.is_late(error)


def test_one_that_fails_says_why(start: Start) -> None:
    ranks = start(2)
    with pytest.raises(RankEnded, match=r"^rank 1 of 2 \(cpu:1\): KeyError: 99$"):
        ranks.call([NOTHING], distributed.barrier)
    assert not ranks.others
    assert not distributed.is_initialized()


def test_what_goes_wrong_here_is_no_rank_s_fault(start: Start) -> None:
    ranks = start(2)
    pids = [other.pid for other in ranks.others]

    def fail() -> None:
        raise ValueError("of this rank")

    with pytest.raises(ValueError, match="of this rank"):
        ranks.call([other.join for other in ranks.others], fail)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_what_a_rank_says_of_an_error() -> None:
    full = RuntimeError(
        "[enforce fail at alloc_cpu.cpp:1] . DefaultCPUAllocator: can't allocate memory"
    )
    assert failure(full).out_of_memory
    assert failure(MemoryError()) == Failed("MemoryError", True, False)
    assert failure(ValueError("no\nmore")) == Failed("ValueError: no", False, False)
    assert failure(RuntimeError("[gloo/pair.cc] Read error")).lost
