"""Ranks that are lost; none of these builds a model, which would take seconds each."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from torch import distributed

from rnnbench import RankEnded
from rnnbench_torch.parallel.messages import Failed, Wait
from rnnbench_torch.parallel.rank import failure
from rnnbench_torch.parallel.ranks import Ranks

NOTHING = Wait(99)
Start = Callable[[int], Ranks]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    started: list[Ranks] = []

    def make(count: int) -> Ranks:
        started.append(Ranks([f"cpu:{k}" for k in range(count)], 1))
        return started[-1]

    yield make
    for each in started:
        each.end()


def call(ranks: Ranks) -> None:
    """Have this rank meet the others, which never come: they are asked for what they have not."""
    ranks.call([NOTHING] * len(ranks.others), lambda: distributed.barrier())


def test_one_that_is_silent(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the time that the worker may be; the others that miss it are not blamed."""
    monkeypatch.setenv("RNNBENCH_TIMEOUT", "8")
    ranks = start(2)
    (pid,) = (other.pid for other in ranks.others)
    os.kill(pid, signal.SIGSTOP)
    before = time.monotonic()
    with pytest.raises(RankEnded, match=r"^rank 1 of 2 \(cpu:1\): silent for 6 s$"):
        call(ranks)
    assert time.monotonic() - before < 8
    assert not Path(f"/proc/{pid}").exists()


def test_one_that_fails_says_why(start: Start) -> None:
    ranks = start(2)
    with pytest.raises(RankEnded, match=r"^rank 1 of 2 \(cpu:1\): KeyError: 99$"):
        call(ranks)
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
