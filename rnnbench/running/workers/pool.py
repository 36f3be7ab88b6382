"""The worker processes of a run: started together, replaced after a crash, ended together."""

from __future__ import annotations

import selectors
import sys
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from rnnbench.errors import WorkerError
from rnnbench.running.workers.orphans import Strays
from rnnbench.running.workers.watchdog import Watchdogs
from rnnbench.running.workers.worker_process import LOOK, WorkerProcess
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.opening import Open, Opened
from rnnbench.schema.messages.protocol import Reply, Request
from rnnbench.schema.row import OwnNet, Row
from rnnbench.schema.types import Allocator
from rnnbench.system import allocator as allocators
from rnnbench.system.processes import bonds, limits
from rnnbench.system.processes.descendants import end_marked, reap

R = TypeVar("R", bound=Reply)
#: Starts of a replacement that may fail one after the other, as memory may not be free yet.
STARTS = 2
#: Workers that are started side by side.
AT_ONCE = 16


class Slot(NamedTuple):
    """The place of one worker: a row, and the number of its process, from 0."""

    row: Row
    process: int


class Pool:
    """One worker per slot; whatever breaks in one is answered as ``Failed``.

    Workers are suspended except while they answer. One that has ended is replaced by
    :meth:`ready`, unless it could not start at first, or :data:`STARTS` times one after the other.

    Attributes:
        on_wait: called each second while a worker is waited for.
    """

    def __init__(
        self,
        plugins: Sequence[str],
        threads: int,
        folder: Path,
        timeout: float,
        pythons: Mapping[str, str] | None = None,
        memory_limit: int | None = None,
        strays: Strays | None = None,
        weights: str = "",
        allocator: Allocator = "default",
        own: Sequence[OwnNet] = (),
        virtual: int = 1,
    ) -> None:
        """Start nothing yet.

        Args:
            plugins: the values of ``-p`` that hold in the parent.
            threads: compute threads of each worker.
            folder: takes the log of each worker.
            timeout: seconds that a worker may be silent.
            pythons: interpreters by environment or backend, where it is not this one.
            memory_limit: bytes of data that each worker may hold, None for no limit.
            weights: the file of trained weights that rows begin with, empty for none.
            allocator: what each worker does with memory that a step has freed.
            own: the rows that are nets of the user's.
            virtual: into how many devices each worker divides the CPU.
            strays: take care of what workers leave without a mark; None to leave it alone.
        """
        self._plugins = list(plugins)
        self._threads = threads
        self._folder = folder
        self._timeout = timeout
        self._pythons = pythons or {}
        self._memory_limit = memory_limit
        self._strays = strays
        self._weights = weights
        self._own = {net.row: net for net in own}
        self._virtual = virtual
        self._environment = allocators.environment(allocator)
        self.on_wait: Callable[[], None] = lambda: None
        self._mark = uuid.uuid4().hex
        self._watchdogs = Watchdogs(self._mark)
        #: The mark of what computes in children of this process; workers have others of the run.
        self.child_mark = f"{self._mark}.0"
        self._guarded = False
        self._started = 0
        self._workers: dict[Slot, WorkerProcess] = {}
        self._unusable: dict[Slot, Failed] = {}
        self._failures: dict[Slot, int] = {}

    def open(self, slots: Sequence[Slot]) -> dict[Slot, Opened | Failed]:
        """Start the workers of ``slots``, a few side by side; return the report of each.

        Of many at once each has so small a share of the CPUs that it could pass for a silent one.
        """
        replies: dict[Slot, Opened | Failed] = {}
        for number, slot in enumerate(slots):
            if number >= AT_ONCE:
                self._complete_opening(slots[number - AT_ONCE], replies)
            if failure := self._start(slot):
                replies[slot] = failure
        for slot in slots[-AT_ONCE:]:
            self._complete_opening(slot, replies)
        self._unusable |= {slot: why for slot, why in replies.items() if isinstance(why, Failed)}
        return {slot: replies[slot] for slot in slots}

    def _complete_opening(self, slot: Slot, replies: dict[Slot, Opened | Failed]) -> None:
        if slot not in replies:
            replies[slot] = self._receive_opened(slot)

    def ready(self, slot: Slot) -> Failed | None:
        """Replace the slot's worker if it has ended; return the failure if that is not possible."""
        if slot in self._unusable:
            return self._unusable[slot]
        if slot in self._workers:
            return None
        reply = self._start(slot) or self._receive_opened(slot)
        if not isinstance(reply, Failed):
            self._failures.pop(slot, None)
            return None
        self._failures[slot] = self._failures.get(slot, 0) + 1
        if self._failures[slot] == STARTS:
            self._unusable[slot] = reply
        return reply

    def ask(
        self,
        slot: Slot,
        request: Request,
        expect: type[R],
        progress: Callable[[Progress], bool] | None = None,
    ) -> R | Failed:
        """Send a request to the slot's worker, return its reply and suspend it again.

        Args:
            slot: whose worker is asked.
            request: what it is to do.
            expect: the type of the reply.
            progress: called with each message on progress; returns whether it is any.
        """
        if slot not in self._workers:
            return Failed("skipped", "its worker has ended")
        return self._ask(slot, lambda worker: worker.ask(request, expect, progress))

    def ask_each(
        self,
        queues: Mapping[Slot, Sequence[Request]],
        expect: type[R],
        progress: Callable[[float], None],
    ) -> dict[Slot, list[R | Failed]]:
        """Send each slot's requests one after the other, the slots side by side.

        Nothing that is timed may be asked for so. Workers that end meanwhile are replaced.

        Args:
            queues: the requests of each slot, in order.
            expect: the type of the replies.
            progress: called with the share of the replies that have come.

        Returns:
            The replies of each slot, one per request.
        """
        replies: dict[Slot, list[R | Failed]] = {slot: [] for slot in queues}
        total = sum(map(len, queues.values()))
        waiting = {slot for slot in queues if self._send_next(slot, queues[slot], replies[slot])}
        while waiting:
            for slot in self._wait_for_replies(waiting):
                replies[slot].append(self._ask(slot, lambda worker: worker.receive(expect)))
                if not self._send_next(slot, queues[slot], replies[slot]):
                    waiting.remove(slot)
                progress(sum(map(len, replies.values())) / total)
        return replies

    def _send_next(self, slot: Slot, queue: Sequence[Request], replies: list[R | Failed]) -> bool:
        """Send a slot its next request; return whether there is one left."""
        while len(replies) < len(queue):
            unfit = self.ready(slot)
            if unfit is None:
                self._workers[slot].send(queue[len(replies)])
                return True
            replies.append(unfit)
        return False

    def _wait_for_replies(self, slots: Collection[Slot]) -> list[Slot]:
        """Wait until workers have replied, or the time of one is up; return their slots."""
        workers = {slot: self._workers[slot] for slot in slots}
        self._look_around()
        left = min(LOOK, max(0.0, min(worker.seconds_left for worker in workers.values())))
        with selectors.DefaultSelector() as selector:  # select() knows no descriptor above 1023
            for slot, worker in workers.items():
                selector.register(worker.channel, selectors.EVENT_READ, slot)
            replied = {key.data for key, _ in selector.select(left)}
        return [slot for slot, w in workers.items() if slot in replied or w.seconds_left <= 0]

    def has_worker(self, slot: Slot) -> bool:
        """Return whether the slot's worker lives, and so still has what it prepared."""
        return slot in self._workers

    def is_own(self, row: Row) -> bool:
        """Return whether a row is a net of the user's."""
        return row in self._own

    @property
    def groups(self) -> set[int]:
        """The process groups of the workers."""
        return {worker.group for worker in self._workers.values()}

    def close(self) -> None:
        """End every worker, and all that they have started."""
        known = {process for worker in self._workers.values() for process in worker.known}
        for worker in self._workers.values():
            worker.kill()
        self._workers.clear()
        if self._guarded:
            self._guarded = False
            end_marked(self._mark, known)
            if self._strays is not None:
                self._strays.end(self._mark)
            bonds.release()
        self._watchdogs.dismiss()

    def log(self, slot: Slot) -> Path:
        """Return the file with the output of the slot's worker."""
        row, process = slot
        number = f"-{process}" if process else ""
        return self._folder / f"{row.place}-{row.variant}{number}.log"

    def _start(self, slot: Slot) -> Failed | None:
        """Start the worker of a slot; return the failure if the system refuses."""
        row, self._started = slot.row, self._started + 1
        python = self._pythons.get(row.environment or row.backend, sys.executable)
        mark = f"{self._mark}.{self._started}"
        try:
            self._guard()
            worker = WorkerProcess(
                self.log(slot),
                self._threads,
                self._timeout,
                mark,
                python,
                self._look_around,
                self._environment,
            )
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            return Failed("failed", f"can't start a worker: {place}{limits.refusal(error)}")
        self._workers[slot] = worker
        own = self._own.get(row)
        asked = (self._plugins, self._threads, self._memory_limit, self._weights, own)
        worker.send(Open(row.backend, *asked, self._virtual))
        return None

    def _guard(self) -> None:
        """See that the watchdogs are awake, and that orphans come to us."""
        self._watchdogs.wake()
        if not self._guarded:
            self._guarded = True
            bonds.adopt_orphans()

    def _look_around(self) -> None:
        """Keep order between blocks, and each second while a worker is waited for."""
        reap(self._mark)
        if self._strays is not None:
            self._strays.stop(self._mark)
        with suppress(OSError):  # no process is to be had now; the next time perhaps
            self._guard()
        self.on_wait()

    def _receive_opened(self, slot: Slot) -> Opened | Failed:
        return self._ask(slot, lambda worker: worker.receive(Opened))

    def _ask(self, slot: Slot, act: Callable[[WorkerProcess], R | Failed]) -> R | Failed:
        """Use a worker and suspend it again; its end becomes a ``Failed``."""
        try:
            reply = act(self._workers[slot])
            self._workers[slot].suspend()
            self._look_around()
        except WorkerError as error:  # it has been ended
            del self._workers[slot]
            return Failed(error.status, f"{error}; see {self.log(slot)}")
        return reply
