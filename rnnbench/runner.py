"""The parent of a run: takes each comparison through its stages and writes the records."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from rnnbench import machine
from rnnbench.crew import Crew, Seat
from rnnbench.errors import MEASURED, UsageError
from rnnbench.plan import Plan, Planned, Row
from rnnbench.protocol import (
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
from rnnbench.results import Peak, ProcessTiming, RowTiming, Timing, Training, Worker, Writer
from rnnbench.timing import Contestant, measure, settled
from rnnbench.watch import Watch


class View(Protocol):
    """Who watches a run."""

    def stage(self, text: str, planned: Planned | None = None) -> None:
        """Begin something else; what was done before is over."""

    def advance(self, share: float) -> None:
        """Tell that so much of the present stage is done, from 0 to 1."""


def stages(plan: Plan) -> int:
    """Return how many stages a run has.

    Opening, checking and measuring products; preparing, timing and training of each row.
    """
    rows, seeds = len(plan.rows), len(plan.seeds)
    trained = sum(1 for planned in plan.comparisons if planned.comparison.steps)
    return 3 + len(plan.comparisons) * (rows * plan.processes + 1) + trained * rows * seeds


class Runner:
    """Carries out a plan; every result is on disk before the next one is begun."""

    def __init__(self, plan: Plan, crew: Crew, writer: Writer, view: View) -> None:
        """Prepare a run; nothing is started yet.

        Args:
            plan: what to do.
            crew: the workers.
            writer: of the results file.
            view: is told of the progress.
        """
        self.plan = plan
        self.crew = crew
        self.writer = writer
        self.view = view

    def run(self) -> None:
        """Carry out the plan.

        Raises:
            UsageError: before anything is measured, if no backend has the device asked for.
        """
        try:
            seats = self._open()
            checked = self._check()
            for planned in self.plan.comparisons:
                self._compare(planned, checked)
            self._gauge(seats)
        finally:
            self.crew.close()

    def _open(self) -> list[Seat]:
        """Start every worker; return the seats of those that are ready."""
        self.view.stage("starting " + ", ".join(map(str, self.plan.rows)))
        replies = self.crew.open([seat for row in self.plan.rows for seat in self._seats(row)])
        opened = {seat: reply for seat, reply in replies.items() if isinstance(reply, Opened)}
        for device in {planned.comparison.device for planned in self.plan.comparisons}:
            if opened and not any(device in reply.devices for reply in opened.values()):
                devices = {seat.row.place: ", ".join(o.devices) for seat, o in opened.items()}
                here = "; ".join(f"{backend}: {has}" for backend, has in devices.items())
                raise UsageError(f"no backend has the device {device!r} here ({here})")
        for (row, process), reply in opened.items():
            self.writer.write(Worker(row=row, process=process, opened=reply))
        return list(opened)

    def _gauge(self, seats: list[Seat]) -> None:
        """Measure the best matrix product of each backend, once.

        Last, since its matrices would count as the peak memory of an allocator that keeps it.
        """
        self.view.stage("measuring matrix products")
        backends = {seat.row.place: seat for seat in reversed(seats)}
        places = {(p.comparison.device, p.comparison.dtype) for p in self.plan.comparisons}
        for backend, seat in backends.items():
            for device, dtype in places:
                reply = self.crew.ready(seat) or self.crew.ask(seat, Gemm(device, dtype), Gemmed)
                if isinstance(reply, Gemmed):
                    rate = reply.gflops
                    self.writer.write(
                        Peak(backend=backend, device=device, dtype=dtype, gflops=rate)
                    )

    def _compare(self, planned: Planned, checked: dict[tuple[Seat, str], Checked | Failed]) -> None:
        """Prepare, time and train the rows of one comparison."""
        prepared = {row: self._prepare(row, planned, checked) for row in self.plan.rows}
        timing = self._time(planned, prepared)
        self.writer.write(timing)
        if planned.comparison.steps:
            for result in timing.rows:
                for seed in self.plan.seeds:
                    self.writer.write(self._train(planned, result, seed))

    def _seats(self, row: Row) -> list[Seat]:
        return [Seat(row, process) for process in range(self.plan.processes)]

    def _check(self) -> dict[tuple[Seat, str], Checked | Failed]:
        """Compare every process with the oracle in every comparison, the rows side by side."""
        self.view.stage("checking that all rows compute the same")
        comparisons = [planned.comparison for planned in self.plan.comparisons]
        found: dict[tuple[Seat, str], Checked | Failed] = {}
        for process in range(self.plan.processes):
            queues = {
                Seat(row, process): [
                    Check(comparison, row.variant, self.plan.seeds[0]) for comparison in comparisons
                ]
                for row in self.plan.rows
            }
            for seat, replies in self.crew.ask_each(queues, Checked, self.view.advance).items():
                for comparison, reply in zip(comparisons, replies, strict=True):
                    found[seat, comparison.key] = reply
        return found

    def _prepare(
        self, row: Row, planned: Planned, checked: dict[tuple[Seat, str], Checked | Failed]
    ) -> list[Contestant] | Failed:
        """Prepare all processes of a row; the first one that fails speaks for it."""
        found = []
        request = Prepare(planned.comparison, row.variant, self.plan.seeds[0])
        for seat in self._seats(row):
            self.view.stage(f"preparing {row}", planned)
            proof = checked[seat, planned.comparison.key]
            if isinstance(proof, Failed):
                return proof
            reply = self.crew.ready(seat) or self.crew.ask(seat, request, Prepared)
            if isinstance(reply, Failed):
                return reply
            found.append(Contestant(row, proof, reply, self._player(seat)))
        return found

    def _time(self, planned: Planned, rows: dict[Row, list[Contestant] | Failed]) -> Timing:
        self.view.stage("timing", planned)
        start = time.monotonic()
        racing = [one for own in rows.values() if not isinstance(own, Failed) for one in own]
        rng = random.Random(planned.comparison.key)  # the same order when a run is repeated
        watch = Watch(planned.comparison.device, self.crew.groups)
        rounds = []

        def look(share: float) -> None:
            rounds.append(watch.look())
            self.view.advance(share)

        measure(racing, planned.max_time, self.plan.precision, rng, look)
        steady = settled(racing)
        return Timing(
            finished=machine.now(),
            comparison=planned.comparison,
            key=planned.comparison.key,
            length=racing[0].prepared.length if racing else None,
            seconds=time.monotonic() - start,
            rows=[
                failed(row, own)
                if isinstance(own, Failed)
                else self._finish(row, own, steady.get(row))
                for row, own in rows.items()
            ],
            rounds=rounds,
        )

    def _player(self, seat: Seat) -> Callable[[Turn], Turned | Failed]:
        return lambda turn: self.crew.ask(seat, turn, Turned)

    def _finish(self, row: Row, contestants: list[Contestant], steady: int | None) -> RowTiming:
        """End the timing of a row."""
        ends = []
        for seat, contestant in zip(self._seats(row), contestants, strict=True):
            reply = contestant.failure or self.crew.ask(seat, Finish(), Finished)
            if isinstance(reply, Failed):
                return failed(row, reply)
            ends.append(reply)
        return timed(row, contestants, ends, steady)

    def _train(self, planned: Planned, timing: RowTiming, seed: int) -> Training:
        row, steps = timing.row, planned.comparison.steps
        self.view.stage(f"training {row}, seed {seed}", planned)

        def progress(message: Progress) -> None:
            self.view.advance(message.step / steps)

        reply: Trained | Failed = Failed("skipped", f"the row is {timing.status}")
        if timing.status in MEASURED:
            reply = self.crew.ask(self._seats(row)[0], Train(seed), Trained, progress)
        record = Training(
            finished=machine.now(), key=planned.comparison.key, row=row, seed=seed, status="ok"
        )
        if isinstance(reply, Failed):
            return replace(record, status=reply.status, reason=reply.reason)
        return replace(record, curve=reply.curve, score=reply.score, seconds=reply.seconds)


def failed(row: Row, failure: Failed) -> RowTiming:
    """Return the record of a row that could not be timed."""
    return RowTiming(
        row=row,
        status=failure.status,
        reason=failure.reason,
        parity_error=failure.parity_error,
    )


def timed(
    row: Row, contestants: list[Contestant], ends: list[Finished], steady: int | None
) -> RowTiming:
    """Return the record of a row that was timed; one that is never steady says so."""
    prepared = contestants[0].prepared
    worst = max((c.checked for c in contestants), key=lambda found: found.parity_error)
    return RowTiming(
        row=row,
        status="ok" if steady is not None else "unsteady",
        reason=None if steady is not None else "its time per step still drifts",
        params=prepared.params,
        flops=prepared.flops,
        forward_flops=prepared.forward_flops,
        parity_error=worst.parity_error,
        parity_tensor=worst.parity_tensor,
        kernel=prepared.kernel,
        steady_from=steady or 0,
        processes=[process(c, end) for c, end in zip(contestants, ends, strict=True)],
    )


def process(contestant: Contestant, end: Finished) -> ProcessTiming:
    """Return the record of one process of a row."""
    turns = contestant.turns
    return ProcessTiming(
        first_step_s=contestant.prepared.first_step_s,
        first_forward_s=contestant.prepared.first_forward_s,
        check_s=contestant.checked.seconds,
        peak_memory=end.peak_memory,
        traces=end.traces,
        steps=[turn.steps for turn in turns],
        forwards=[turn.forwards for turn in turns],
        first_steps=[turn.first_step for turn in turns],
        first_forwards=[turn.first_forward for turn in turns],
    )
