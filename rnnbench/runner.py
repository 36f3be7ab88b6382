"""The parent of a run: takes each comparison through its stages and writes the records."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from rnnbench import machine
from rnnbench.crew import Crew
from rnnbench.errors import UsageError
from rnnbench.plan import Plan, Planned, Row
from rnnbench.protocol import (
    Failed,
    Finish,
    Finished,
    Opened,
    Prepare,
    Prepared,
    Progress,
    Train,
    Trained,
    Turn,
    Turned,
)
from rnnbench.results import RowTiming, Timing, Training, Worker, Writer
from rnnbench.timing import Contestant, measure, reached, settled


class View(Protocol):
    """Who watches a run."""

    def stage(self, text: str, planned: Planned | None = None) -> None:
        """Begin something else; what was done before is over."""

    def advance(self, share: float) -> None:
        """Tell that so much of the present stage is done, from 0 to 1."""


def stages(plan: Plan) -> int:
    """Return how many stages a run has: opening, and preparing, timing, training of each row."""
    rows, seeds = len(plan.rows), len(plan.seeds)
    trained = sum(1 for planned in plan.comparisons if planned.comparison.steps)
    return 1 + len(plan.comparisons) * (rows + 1) + trained * rows * seeds


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
            self._open()
            for planned in self.plan.comparisons:
                self._compare(planned)
        finally:
            self.crew.close()

    def _open(self) -> None:
        self.view.stage("starting " + ", ".join(map(str, self.plan.rows)))
        replies = self.crew.open(self.plan.rows)
        opened = {row: reply for row, reply in replies.items() if isinstance(reply, Opened)}
        for device in {planned.comparison.device for planned in self.plan.comparisons}:
            if opened and not any(device in reply.devices for reply in opened.values()):
                here = "; ".join(f"{r.backend}: {', '.join(o.devices)}" for r, o in opened.items())
                raise UsageError(f"no backend has the device {device!r} here ({here})")
        for row, reply in opened.items():
            self.writer.write(Worker(row=row, opened=reply))

    def _compare(self, planned: Planned) -> None:
        """Prepare, time and train the rows of one comparison."""
        rows = {row: self._prepare(row, planned) for row in self.plan.rows}
        timing = self._time(planned, rows)
        self.writer.write(timing)
        if planned.comparison.steps:
            for result in timing.rows:
                for seed in self.plan.seeds:
                    self.writer.write(self._train(planned, result, seed))

    def _prepare(self, row: Row, planned: Planned) -> Prepared | Failed:
        self.view.stage(f"preparing {row}", planned)
        request = Prepare(planned.comparison, row.variant, self.plan.seeds[0])
        return self.crew.ready(row) or self.crew.ask(row, request, Prepared)

    def _time(self, planned: Planned, rows: dict[Row, Prepared | Failed]) -> Timing:
        self.view.stage("timing", planned)
        start = time.monotonic()
        contestants = {
            row: Contestant(prepared, self._player(row))
            for row, prepared in rows.items()
            if isinstance(prepared, Prepared)
        }
        racing = list(contestants.values())
        rng = random.Random(planned.comparison.key)  # the same order when a run is repeated
        measure(racing, planned.max_time, self.plan.precision, rng, self.view.advance)
        ends: dict[Row, Finished | Failed] = {
            row: end for row, end in rows.items() if isinstance(end, Failed)
        }
        ends |= {row: self._finish(row, c) for row, c in contestants.items()}
        return Timing(
            finished=machine.now(),
            comparison=planned.comparison,
            key=planned.comparison.key,
            seconds=time.monotonic() - start,
            precision=reached(racing),
            rows=[
                timed(row, contestants[row], end, racing)
                if isinstance(end, Finished)
                else failed(row, end)
                for row, end in ((row, ends[row]) for row in rows)
            ],
        )

    def _player(self, row: Row) -> Callable[[Turn], Turned | Failed]:
        return lambda turn: self.crew.ask(row, turn, Turned)

    def _finish(self, row: Row, contestant: Contestant) -> Finished | Failed:
        """End the timing of a row; one that fails here is out of the comparison too."""
        reply = contestant.failure or self.crew.ask(row, Finish(), Finished)
        if isinstance(reply, Failed):
            contestant.failure = reply
        return reply

    def _train(self, planned: Planned, timing: RowTiming, seed: int) -> Training:
        row, steps = timing.row, planned.comparison.steps
        self.view.stage(f"training {row}, seed {seed}", planned)

        def progress(message: Progress) -> None:
            self.view.advance(message.step / steps)

        reply: Trained | Failed = Failed("skipped", f"the row is {timing.status}")
        if timing.status == "ok":
            reply = self.crew.ask(row, Train(seed), Trained, progress)
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
    row: Row, contestant: Contestant, finished: Finished, racing: list[Contestant]
) -> RowTiming:
    """Return the record of a row that was timed."""
    prepared, step, forward, ratio = contestant.prepared, *settled(contestant, racing)
    return RowTiming(
        row=row,
        status="ok",
        params=prepared.params,
        parity_error=prepared.parity_error,
        parity_tensor=prepared.parity_tensor,
        kernel=prepared.kernel,
        first_step_s=prepared.first_step_s,
        compile_s=max(0.0, prepared.first_step_s - step.value),
        step_s=step,
        forward_s=forward,
        ratio=ratio,
        peak_memory=finished.peak_memory,
        traces=finished.traces,
        turn_steps=contestant.turn.steps,
        turn_forwards=contestant.turn.forwards,
        steps=[turn.step_s for turn in contestant.turns],
        forwards=[turn.forward_s for turn in contestant.turns],
        first_steps=[turn.first_step_s for turn in contestant.turns],
    )
