"""The parent of a run: takes each comparison through its stages and writes the records."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from msgspec.structs import replace

from rnnbench.errors import UsageError
from rnnbench.results.queries import peaks
from rnnbench.results.remaining import Done
from rnnbench.results.writer import Writer
from rnnbench.run.conditions import Watch
from rnnbench.run.pool import Crew, Seat
from rnnbench.run.recording import failed, timed
from rnnbench.run.rounds import Contestant, measure, settled
from rnnbench.run.view import View
from rnnbench.schema.messages import (
    Check,
    Checked,
    Failed,
    Finish,
    Finished,
    Gemm,
    Gemmed,
    Opened,
    Prepare,
    Prepared,
    Progress,
    Train,
    Trained,
    Turn,
    Turned,
)
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.records import AnyRecord, Peak, Round, RowTiming, Timing, Training, Worker
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES, MEASURED
from rnnbench.system import machine


class Runner:
    """Carries out a plan; every result is on disk before the next one is begun."""

    def __init__(
        self,
        plan: Plan,
        crew: Crew,
        writer: Writer,
        view: View,
        patience: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Prepare a run; nothing is started yet.

        Args:
            plan: what to do.
            crew: the workers, which the caller closes.
            writer: of the results file.
            view: is told of the progress.
            patience: holds up Ctrl-C; see :meth:`rnnbench.system.signals.Interruption.patience`.
        """
        self.plan = plan
        self.crew = crew
        self.writer = writer
        self.view = view
        self.patience = patience
        self._opened: dict[Seat, Opened] = {}
        self._checked: dict[tuple[Seat, str], Checked | Failed] = {}
        self._in_hand: dict[Seat, str] = {}

    def open(self) -> dict[Row, Opened]:
        """Start every worker; return what those say that are ready.

        Raises:
            UsageError: if no backend has the device asked for.
        """
        self.view.stage("starting " + ", ".join(map(str, self.plan.rows)))
        replies = self.crew.open([seat for row in self.plan.rows for seat in self._seats(row)])
        opened = {seat: reply for seat, reply in replies.items() if isinstance(reply, Opened)}
        for device in {planned.comparison.device for planned in self.plan.comparisons}:
            if opened and not any(device in reply.devices for reply in opened.values()):
                devices = {seat.row.place: ", ".join(o.devices) for seat, o in opened.items()}
                here = "; ".join(f"{backend}: {has}" for backend, has in devices.items())
                raise UsageError(f"no backend has the device {device!r} here ({here})")
        self._opened = opened
        return {seat.row: reply for seat, reply in opened.items()}

    def run(self, done: Done) -> None:
        """Carry out what is not done yet, with the workers that :meth:`open` has started.

        Raises:
            KeyboardInterrupt: when it is interrupted; what was measured so far has been written.
            ResultsError: if a result can't be written.
        """
        for (row, process), reply in self._opened.items():
            self._write(Worker(row=row, process=process, opened=reply))
        left = done.left(self.plan)
        self._check(left)
        for planned in left:
            self._compare(planned, done)
        self._gauge()

    def _write(self, record: AnyRecord) -> None:
        with self.patience():
            self.writer.write(record)

    def _gauge(self) -> None:
        """Measure the best matrix product of each backend, once.

        Last, since its matrices would count as the peak memory of an allocator that keeps it.
        """
        self.view.stage("measuring matrix products")
        known = {(p.backend, p.device, p.dtype) for p in peaks(self.writer.records)}
        backends = {seat.row.place: seat for seat in reversed(self._opened)}
        places = {(p.comparison.device, p.comparison.dtype) for p in self.plan.comparisons}
        for backend, seat in backends.items():
            for device, dtype in places:
                if (backend, device, dtype) in known:
                    continue
                reply = self.crew.ready(seat) or self.crew.ask(seat, Gemm(device, dtype), Gemmed)
                record = Peak(backend=backend, device=device, dtype=dtype, gflops=None)
                if isinstance(reply, Gemmed):
                    self._write(replace(record, gflops=reply.gflops))
                else:
                    self._write(replace(record, reason=reply.reason))

    def _compare(self, planned: Planned, done: Done) -> None:
        """Prepare and time the rows of one comparison, and train each of them."""
        timing = done.timing(planned)
        if timing is None:
            rows = {row: self._contestants(row, planned) for row in self.plan.rows}
            timing = self._time(planned, rows)
        if not timing.complete:
            raise KeyboardInterrupt
        timed = {row.row: row for row in timing.rows}
        for row, seed in done.untrained(planned, self.plan):
            self._write(self._train(planned, timed[row], seed))

    def _seats(self, row: Row) -> list[Seat]:
        return [Seat(row, process) for process in range(self.plan.processes)]

    def _check(self, left: Sequence[Planned]) -> None:
        """Compare every process with the oracle in every comparison, the rows side by side."""
        self.view.stage("checking that all rows compute the same")
        for process in range(self.plan.processes):
            queues = {
                Seat(row, process): [check(one, row.variant, self.plan.seeds[0]) for one in left]
                for row in self.plan.rows
            }
            for seat, replies in self.crew.ask_each(queues, Checked, self.view.advance).items():
                for one, reply in zip(left, told_once(replies), strict=True):
                    self._checked[seat, one.comparison.key] = reply

    def _prepare(self, seat: Seat, planned: Planned) -> Contestant | Failed:
        """Have a worker build a row that was proved; one that has ended is replaced."""
        key = planned.comparison.key
        self._in_hand.pop(seat, None)
        proof = self._checked[seat, key]
        if isinstance(proof, Failed):
            return proof
        request = Prepare(planned.comparison, seat.row.variant, self.plan.seeds[0])
        reply = self.crew.ready(seat) or self.crew.ask(seat, request, Prepared)
        if isinstance(reply, Failed):
            return reply
        self._in_hand[seat] = key
        return Contestant(seat.row, proof, reply, self._player(seat))

    def _contestants(self, row: Row, planned: Planned) -> list[Contestant] | Failed:
        """Prepare all processes of a row; the first one that fails speaks for it."""
        found = []
        for seat in self._seats(row):
            self.view.stage(f"preparing {row}", planned)
            one = self._prepare(seat, planned)
            if isinstance(one, Failed):
                return one
            found.append(one)
        return found

    def _player(self, seat: Seat) -> Callable[[Turn], Turned | Failed]:
        """Return what has a worker take a turn, which Ctrl-C does not break off."""

        def play(turn: Turn) -> Turned | Failed:
            with self.patience():
                return self.crew.ask(seat, turn, Turned)

        return play

    def _time(self, planned: Planned, rows: dict[Row, list[Contestant] | Failed]) -> Timing:
        """Time the rows and write it down; of one interrupted, the rounds that are whole.

        Raises:
            KeyboardInterrupt: if none is.
        """
        self.view.stage("timing", planned)
        start = time.monotonic()
        racing = racers(rows)
        rng = random.Random(planned.comparison.key)  # the same order when a run is repeated
        watch = Watch(planned.comparison.device, self.crew.groups)
        rounds: list[Round] = []
        complete = True

        def look(share: float) -> None:
            rounds.append(watch.look())
            self.view.advance(share)

        try:
            measure(racing, planned.max_time, self.plan.precision, rng, look)
        except KeyboardInterrupt:
            if not rounds:
                raise
            complete = False
            for one in racing:
                del one.turns[len(rounds) :]
        with self.patience():
            timing = self._timing(planned, rows, rounds, time.monotonic() - start, complete)
            self.writer.write(timing)
        return timing

    def _timing(
        self,
        planned: Planned,
        rows: dict[Row, list[Contestant] | Failed],
        rounds: list[Round],
        seconds: float,
        complete: bool,
    ) -> Timing:
        """Return the record of what was timed."""
        racing = racers(rows)
        steady = settled(racing)
        return Timing(
            finished=machine.now(),
            comparison=planned.comparison,
            key=planned.comparison.key,
            length=racing[0].prepared.length if racing else None,
            seconds=seconds,
            rows=[
                failed(row, own)
                if isinstance(own, Failed)
                else self._finish(row, own, steady.get(row), complete)
                for row, own in rows.items()
            ],
            rounds=rounds,
            complete=complete,
        )

    def _finish(
        self, row: Row, contestants: list[Contestant], steady: int | None, ask: bool
    ) -> RowTiming:
        """End the timing of a row; unless workers are asked, their memory stays unknown."""
        ends = []
        for seat, contestant in zip(self._seats(row), contestants, strict=True):
            reply: Finished | Failed = contestant.failure or Finished(None, None)
            if ask and contestant.failure is None:
                reply = self.crew.ask(seat, Finish(), Finished)
            if isinstance(reply, Failed):
                return failed(row, reply)
            ends.append(reply)
        return timed(row, contestants, ends, steady)

    def _train(self, planned: Planned, timing: RowTiming, seed: int) -> Training:
        row, steps = timing.row, planned.comparison.steps
        self.view.stage(f"training {row}, seed {seed}", planned)
        record = Training(
            finished=machine.now(), key=planned.comparison.key, row=row, seed=seed, status="ok"
        )
        if timing.status not in MEASURED:
            reason = f"the row is {timing.status}"
            return replace(record, status="skipped", reason=reason)
        reply = self._trained(planned, self._seats(row)[0], seed, steps)
        record = replace(record, finished=machine.now())
        if isinstance(reply, Failed):
            return replace(record, status=reply.status, reason=reply.reason)
        return replace(record, curve=reply.curve, score=reply.score, seconds=reply.seconds)

    def _trained(self, planned: Planned, seat: Seat, seed: int, steps: int) -> Trained | Failed:
        """Train a row; it is prepared first if its worker has something else in hand, or ended."""

        def progress(message: Progress) -> None:
            self.view.advance(min(1.0, message.step / steps))

        if not (self.crew.has(seat) and self._in_hand.get(seat) == planned.comparison.key):
            one = self._prepare(seat, planned)
            if isinstance(one, Failed):
                return one
        return self.crew.ask(seat, Train(seed), Trained, progress)


def check(planned: Planned, variant: str, seed: int) -> Check:
    """Return the request to prove a row."""
    plugins = (planned.cell_plugin, planned.task_plugin)
    return Check(planned.comparison, variant, seed, planned.data_hash, plugins)


def racers(rows: dict[Row, list[Contestant] | Failed]) -> list[Contestant]:
    """Return the processes of the rows that could be prepared."""
    return [one for own in rows.values() if not isinstance(own, Failed) for one in own]


def told_once(replies: Sequence[Checked | Failed]) -> list[Checked | Failed]:
    """Return replies of which the failure of a worker to start counts once, the first time."""
    first = replies[0] if replies else None
    if not isinstance(first, Failed) or first.status not in FAILURES:
        return list(replies)
    again = Failed("skipped", "its worker does not start")
    return [first, *(again if reply is first else reply for reply in replies[1:])]
