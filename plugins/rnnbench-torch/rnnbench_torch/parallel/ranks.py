"""The other ranks, as the first one sees them: started, asked, and ended together."""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from rnnbench import Companion, RankEnded, worker_timeout
from rnnbench_torch.parallel import meeting
from rnnbench_torch.parallel.messages import Done, Failed, Join, Line, Meet, Request

T = TypeVar("T")
#: What a rank runs.
TARGET = "rnnbench_torch.parallel.rank:serve"
#: After how much of the time that a worker may be silent a rank is given up: before the worker is.
GIVEN_UP = 0.75
#: Seconds in which it becomes known how a rank has ended that is missed, or whether others miss it.
ENDED, LATE = 2.0, 0.5


class Rank:
    """One of the others.

    Attributes:
        name: for a user: ``rank 1 of 2 (cpu:1)``.
        failed: what it has said at its end, if it has.
    """

    failed: Failed | None = None

    def __init__(self, number: int, devices: Sequence[str], threads: int, patience: float) -> None:
        """Start it."""
        self.name = f"rank {number} of {len(devices)} ({devices[number]})"
        self.join = Join(number, len(devices), devices[number], threads, patience)
        self._companion = Companion(TARGET, threads)
        self.line = Line(self._companion.socket, patience)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._companion.pid

    def reply(self) -> Any:
        """Wait for what it answers.

        Raises:
            EOFError: if it has ended or failed.
            OSError: if it is silent.
        """
        message = self.line.receive()
        if isinstance(message, Done):
            return message.value
        self.failed = message
        raise EOFError

    def fault(self) -> RankEnded | None:
        """Return what is wrong with it by itself: how it has ended, or has failed."""
        with suppress(EOFError, OSError):
            while self.failed is None and self.line.waits(0):
                self.reply()
        if self.failed is None:
            how = self._companion.ended()
            return RankEnded(f"{self.name} ended {how}") if how else None
        if self.failed.lost:
            return None
        found = RankEnded(f"{self.name}: {self.failed.reason}")
        found.__cause__ = MemoryError() if self.failed.out_of_memory else None
        return found

    def end(self) -> None:
        """End it at once."""
        self.line.close()
        self._companion.end()


class Ranks:
    """One process for each device but the first, whose rank is this process.

    Whatever goes wrong in one of them ends all, as they are out of step then.

    Attributes:
        devices: of all ranks.
        threads: of each, its share of the CPU.
        others: all ranks but the first; none when they have ended.
        unused: the numbers of programs that nobody here uses any more.
    """

    def __init__(self, devices: Sequence[str], threads: int) -> None:
        """Start them, and meet them.

        Raises:
            RankEnded: if one of them can't be had.
            OSError: if the system refuses a process.
        """
        self.devices, self.threads = tuple(devices), max(1, threads // len(devices))
        self.unused: list[int] = []
        self.others: list[Rank] = []
        self._built = 0
        self._patience = worker_timeout() * GIVEN_UP
        atexit.register(self.end)
        try:
            for number in range(1, len(devices)):
                self.others.append(Rank(number, devices, self.threads, self._patience))
        except OSError:
            self.end()
            raise
        self.call([other.join for other in self.others], lambda: None)
        store, port = meeting.store(self._patience)
        own = (store, 0, len(devices), devices[0], self._patience)
        self.call([Meet(port)] * len(self.others), lambda: meeting.meet(*own))

    def next_number(self) -> int:
        """Return the number of the next program."""
        self._built += 1
        return self._built

    def call(self, requests: Sequence[Request], own: Callable[[], T]) -> tuple[T, list[Any]]:
        """Ask each of the others for something, and do the same here.

        Returns:
            What ``own`` returns, and what the others do, in order.

        Raises:
            RankEnded: if one of them has ended, has failed or is silent; all have ended then.
        """
        if not self.others:
            raise RankEnded(f"the ranks of {', '.join(self.devices)} have ended")
        try:
            for other, request in zip(self.others, requests, strict=True):
                other.line.send(request)
            return own(), [other.reply() for other in self.others]
        except BaseException as error:
            fault = self._fault(error)
            self.end()
            if fault is None:
                raise
            raise fault from fault.__cause__

    def end(self) -> None:
        """End all of them, and what they have met in."""
        atexit.unregister(self.end)
        for other in self.others:
            other.end()
        self.others = []
        meeting.part()

    def _fault(self, error: BaseException) -> RankEnded | None:
        """Return whose fault an error is, None if it is that of this rank."""
        lost, late = meeting.is_lost(error), meeting.is_late(error)
        deadline = time.monotonic() + (LATE if late else ENDED if lost else 0)
        while True:
            for other in self.others:
                if found := other.fault():
                    return found
            if time.monotonic() >= deadline:
                break
            time.sleep(0.01)
        silent = " and ".join(other.name for other in self.others if other.failed is None)
        return RankEnded(f"{silent}: silent for {self._patience:g} s") if late and silent else None


#: Those of this process, if there are some.
_current: Ranks | None = None


def ranks_of(devices: Sequence[str], threads: int) -> Ranks:
    """Return the ranks of this process on some devices: those that are there, or new ones.

    It takes seconds to start some, and a worker has one program after the other. There can be one
    group of them at a time: those on other devices end.
    """
    global _current
    if _current is None or not _current.others or _current.devices != tuple(devices):
        if _current is not None:
            _current.end()
        _current = Ranks(devices, threads)
    return _current
