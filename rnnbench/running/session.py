"""The stages of a row in its workers: opened, proved, prepared, timed, finished, trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from rnnbench.running.recording import SavedAs, failed_row, timed_row
from rnnbench.running.timing.claims import Claims
from rnnbench.running.timing.rounds import TimedProcess
from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.messages.peak_rate import Gemm, Gemmed
from rnnbench.schema.messages.timing import (
    Audit,
    Audited,
    Check,
    Checked,
    Finish,
    Finished,
    Prepare,
    Prepared,
    Turn,
    Turned,
)
from rnnbench.schema.messages.training import Save, Saved, Train, Trained
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.timing import RowTiming
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES

#: How often a training is scored that has a target, its end included.
LOOKS = 20


class Session:
    """Takes rows through their stages; what fails in one is returned as ``Failed``."""

    def __init__(
        self,
        pool: Pool,
        processes: int,
        seed: int = 0,
        uninterrupted: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Start nothing yet.

        Args:
            pool: the workers, which the caller closes.
            processes: how many each row has.
            seed: of the initial weights and the data while rows are proved and timed.
            uninterrupted: holds up Ctrl-C during a turn.
        """
        self.pool = pool
        self._processes = processes
        self._seed = seed
        self._uninterrupted = uninterrupted
        self._proofs: dict[tuple[Slot, str], Checked | Failed] = {}
        self._prepared: dict[Slot, str] = {}  # by its key, the comparison that a worker has built

    def slots(self, row: Row) -> list[Slot]:
        """Return the slots of a row's processes."""
        return [Slot(row, process) for process in range(self._processes)]

    def open(self, rows: Sequence[Row]) -> dict[Slot, Opened | Failed]:
        """Start the workers of rows side by side; return what each of them reports."""
        return self.pool.open([slot for row in rows for slot in self.slots(row)])

    def prove(
        self, rows: Sequence[Row], comparisons: Sequence[Planned], progress: Callable[[float], None]
    ) -> None:
        """Compare every process with the oracle in every comparison, the rows side by side.

        Args:
            rows: those of which all processes are proved.
            comparisons: what each of them computes.
            progress: called with the share that is done, once up to 1 for each process of a row.
        """
        for process in range(self._processes):
            queues = {
                Slot(row, process): [self._check(row, planned) for planned in comparisons]
                for row in rows
            }
            for slot, replies in self.pool.ask_each(queues, Checked, progress).items():
                proofs = skip_after_failed_start(replies)
                for planned, proof in zip(comparisons, proofs, strict=True):
                    self._proofs[slot, planned.comparison.key] = proof

    def prepare(
        self, row: Row, planned: Planned, begin: Callable[[], None] = lambda: None
    ) -> list[TimedProcess] | Failed:
        """Build a row that was proved in each of its processes.

        Args:
            row: backend and variant.
            planned: what it computes.
            begin: called before each process.

        Returns:
            The processes, or the first failure.
        """
        processes = []
        for slot in self.slots(row):
            begin()
            one = self._prepare(slot, planned)
            if isinstance(one, Failed):
                return one
            processes.append(one)
        return processes

    def finish(
        self, row: Row, processes: list[TimedProcess], steady_from: int | None, ask: bool
    ) -> RowTiming:
        """End the timing of a row and return its record.

        Args:
            row: backend and variant.
            processes: those that were timed.
            steady_from: the round from which on it is steady, None if it still drifts.
            ask: whether to ask the workers for their peak memory, which else stays unknown.
        """
        ends = []
        for slot, process in zip(self.slots(row), processes, strict=True):
            reply: Finished | Failed = process.failure or Finished(None, None)
            if ask and process.failure is None:
                reply = self.pool.ask(slot, Finish(), Finished)
            if isinstance(reply, Failed):
                return failed_row(row, reply)
            ends.append(reply)
        return timed_row(row, processes, ends, steady_from)

    def train(
        self, row: Row, planned: Planned, seed: int, progress: Callable[[float], None]
    ) -> Trained | Failed:
        """Train a row in its first process, which builds it again if it no longer has it.

        Args:
            row: backend and variant.
            planned: what it computes.
            seed: of the initial weights and the data.
            progress: called with the share of the steps that are done.
        """
        slot = self.slots(row)[0]
        if not self._has_built(slot, planned):
            process = self._prepare(slot, planned)
            if isinstance(process, Failed):
                return process

        steps = planned.comparison.steps

        def share(message: Progress) -> bool:
            progress(min(message.step, steps) / steps)
            return message.step <= steps

        every = -(-steps // LOOKS) if planned.target is not None else 0
        return self.pool.ask(slot, Train(seed, every), Trained, share)

    def save(
        self, row: Row, planned: Planned, seed: int, run: str, score: float, folder: Path
    ) -> SavedAs | Failed:
        """Have the weights of a row that was just trained written to a file in a folder."""
        name = f"{planned.comparison.key}-{row.place}-{row.variant}-{seed}.safetensors"
        request = Save(
            str(folder.absolute() / name),
            planned.comparison,
            row,
            seed,
            run,
            score,
            plugins_of(planned),
        )
        reply = self.pool.ask(self.slots(row)[0], request, Saved)
        return reply if isinstance(reply, Failed) else SavedAs(name, reply.sha256)

    def matrix_product(self, slot: Slot, request: Gemm) -> Gemmed | Failed:
        """Measure the best matrix product of a slot's backend."""
        return self.pool.ready(slot) or self.pool.ask(slot, request, Gemmed)

    def _check(self, row: Row, planned: Planned) -> Check:
        plugins = plugins_of(planned)
        return Check(planned.comparison, row.variant, self._seed, planned.data_hash, plugins)

    def _prepare(self, slot: Slot, planned: Planned) -> TimedProcess | Failed:
        """Build a row in one worker; one that has ended is replaced."""
        key = planned.comparison.key
        self._prepared.pop(slot, None)
        proof = self._proofs[slot, key]
        if isinstance(proof, Failed):
            return proof
        request = Prepare(planned.comparison, slot.row.variant, self._seed, planned.data_hash)
        reply = self.pool.ready(slot) or self.pool.ask(slot, request, Prepared)
        if isinstance(reply, Failed):
            return reply
        self._prepared[slot] = key

        claims = Claims()

        def take_turn(turn: Turn) -> Turned | Failed:
            with self._uninterrupted():
                return claims.take(turn, lambda begin: self.pool.ask(slot, turn, Turned, begin))

        def tell(request: Audit) -> Audited | Failed:
            return self.pool.ask(slot, request, Audited)

        own = self.pool.is_own(slot.row)
        return TimedProcess(slot.row, proof, reply, take_turn, audit=tell, claims=claims, own=own)

    def _has_built(self, slot: Slot, planned: Planned) -> bool:
        return self.pool.has_worker(slot) and self._prepared.get(slot) == planned.comparison.key


def plugins_of(planned: Planned) -> tuple[str, str, str]:
    """Return the plugins of the cell, the task and the network of a comparison."""
    return planned.cell_plugin, planned.task_plugin, planned.network_plugin


def skip_after_failed_start(replies: Sequence[Checked | Failed]) -> list[Checked | Failed]:
    """Return replies in which the failure of a worker to start stands once, then ``skipped``."""
    first = replies[0] if replies else None
    if not isinstance(first, Failed) or first.status not in FAILURES:
        return list(replies)
    skipped = Failed("skipped", "its worker does not start")
    return [first, *(skipped if reply is first else reply for reply in replies[1:])]
