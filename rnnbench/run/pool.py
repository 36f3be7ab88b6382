"""The workers of a run: opened together, replaced after a crash, ended together."""

from __future__ import annotations

import select
import sys
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from rnnbench.errors import WorkerError
from rnnbench.run.watchdog import Watchdog
from rnnbench.run.worker_process import WorkerProcess
from rnnbench.schema.messages import Failed, Open, Opened, Progress, Reply, Request
from rnnbench.schema.row import Row
from rnnbench.system.descendants import sweep

R = TypeVar("R", bound=Reply)
#: How often in a row the replacement of a worker may fail to start; memory may not be free yet.
STARTS = 2


class Slot(NamedTuple):
    """Who a worker works for: a row, and which of its processes it is, from 0."""

    row: Row
    process: int


class Pool:
    """Asks workers on behalf of slots; whatever breaks in one is answered as ``Failed``.

    A worker is suspended whenever it is not asked. One that crashed or was ended is replaced when
    its slot is next prepared (:meth:`ready`); one that could not open at first, or :data:`STARTS`
    times in a row, is not tried again.
    """

    def __init__(
        self,
        plugins: Sequence[str],
        threads: int,
        folder: Path,
        timeout: float,
        pythons: Mapping[str, str] | None = None,
        memory_limit: int | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            plugins: the values of ``-p`` that hold in the parent.
            threads: compute threads of each worker.
            folder: takes the log of each worker.
            timeout: seconds that a worker may be silent.
            pythons: interpreters by environment or backend, where it is not this one.
            memory_limit: bytes of data that each worker may hold, None for no limit.
        """
        self._plugins = list(plugins)
        self._threads = threads
        self._folder = folder
        self._timeout = timeout
        self._pythons = pythons or {}
        self._memory_limit = memory_limit
        self._mark = uuid.uuid4().hex
        self._watchdog: Watchdog | None = None
        self._started = 0
        self._workers: dict[Slot, WorkerProcess] = {}
        self._unfit: dict[Slot, Failed] = {}
        self._failures: dict[Slot, int] = {}

    def open(self, slots: Sequence[Slot]) -> dict[Slot, Opened | Failed]:
        """Start the workers of ``slots`` side by side; return what each of them says."""
        failed = {slot: failure for slot in slots if (failure := self._start(slot))}
        replies = {slot: failed.get(slot) or self._opened(slot) for slot in slots}
        self._unfit |= {slot: reply for slot, reply in replies.items() if isinstance(reply, Failed)}
        return replies

    def ready(self, slot: Slot) -> Failed | None:
        """Replace the slot's worker if it has ended; return why there is none, if there is none."""
        if slot in self._unfit:
            return self._unfit[slot]
        if slot in self._workers:
            return None
        reply = self._start(slot) or self._opened(slot)
        if not isinstance(reply, Failed):
            self._failures.pop(slot, None)
            return None
        self._failures[slot] = self._failures.get(slot, 0) + 1
        if self._failures[slot] == STARTS:
            self._unfit[slot] = reply
        return reply

    def ask(
        self,
        slot: Slot,
        request: Request,
        expect: type[R],
        progress: Callable[[Progress], None] | None = None,
    ) -> R | Failed:
        """Ask the slot's worker and suspend it again; see :meth:`WorkerProcess.ask`."""
        if slot not in self._workers:
            return Failed("skipped", "its worker has ended")
        return self._guarded(slot, lambda worker: worker.ask(request, expect, progress))

    def ask_each(
        self,
        queues: Mapping[Slot, Sequence[Request]],
        expect: type[R],
        progress: Callable[[float], None],
    ) -> dict[Slot, list[R | Failed]]:
        """Ask one thing after another, the workers side by side; never for anything timed.

        Workers that end meanwhile are replaced, as by :meth:`ready`.

        Args:
            queues: what each slot is asked, in order.
            expect: the type of the replies.
            progress: is told the share of the replies that are there.

        Returns:
            The replies of each slot, as many as it was asked for.
        """
        replies: dict[Slot, list[R | Failed]] = {slot: [] for slot in queues}
        total = sum(map(len, queues.values()))
        waiting = {slot for slot in queues if self._tell_next(slot, queues[slot], replies[slot])}
        while waiting:
            for slot in self._heard(waiting):
                replies[slot].append(self._guarded(slot, lambda worker: worker.hear(expect)))
                if not self._tell_next(slot, queues[slot], replies[slot]):
                    waiting.remove(slot)
                progress(sum(map(len, replies.values())) / total)
        return replies

    def _tell_next(self, slot: Slot, queue: Sequence[Request], replies: list[R | Failed]) -> bool:
        """Tell a slot what it has not answered yet; return whether there is anything."""
        while len(replies) < len(queue):
            unfit = self.ready(slot)
            if unfit is None:
                self._workers[slot].tell(queue[len(replies)])
                return True
            replies.append(unfit)
        return False

    def _heard(self, slots: Collection[Slot]) -> list[Slot]:
        """Wait until workers have answered, or the time of one is up; return their slots."""
        workers = {slot: self._workers[slot] for slot in slots}
        left = max(0.0, min(worker.left for worker in workers.values()))
        spoken, _, _ = select.select([w.channel for w in workers.values()], [], [], left)
        return [slot for slot, w in workers.items() if w.channel in spoken or w.left <= 0]

    def has(self, slot: Slot) -> bool:
        """Return whether the slot's worker lives, and so remembers what it has prepared."""
        return slot in self._workers

    @property
    def groups(self) -> set[int]:
        """The process groups of the workers."""
        return {worker.group for worker in self._workers.values()}

    def close(self) -> None:
        """End every worker, and all that they have started."""
        for worker in self._workers.values():
            worker.kill()
        self._workers.clear()
        if self._watchdog is not None:
            sweep(self._mark)
            self._watchdog.dismiss()
            self._watchdog = None

    def log(self, slot: Slot) -> Path:
        """Return the file that takes what the slot's worker prints."""
        row, process = slot
        number = f"-{process}" if process else ""
        return self._folder / f"{row.place}-{row.variant}{number}.log"

    def _start(self, slot: Slot) -> Failed | None:
        """Start the worker of a slot; return why the system does not let us, if it does not."""
        row, self._started = slot.row, self._started + 1
        python = self._pythons.get(row.environment or row.backend, sys.executable)
        mark = f"{self._mark}.{self._started}"
        try:
            if self._watchdog is None:
                self._watchdog = Watchdog(self._mark)
            worker = WorkerProcess(self.log(slot), self._threads, self._timeout, mark, python)
        except OSError as error:
            return Failed("failed", f"can't start a worker: {error}")
        self._workers[slot] = worker
        worker.tell(Open(row.backend, self._plugins, self._threads, self._memory_limit))
        return None

    def _opened(self, slot: Slot) -> Opened | Failed:
        return self._guarded(slot, lambda worker: worker.hear(Opened))

    def _guarded(self, slot: Slot, act: Callable[[WorkerProcess], R | Failed]) -> R | Failed:
        try:
            reply = act(self._workers[slot])
            self._workers[slot].suspend()
        except WorkerError as error:  # it has been ended
            del self._workers[slot]
            return Failed(error.status, f"{error}; see {self.log(slot)}")
        return reply
