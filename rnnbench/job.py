"""The row in hand: timed in blocks, trained, evaluated."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from rnnbench.backend import Backend, Program
from rnnbench.errors import Diverged
from rnnbench.model import Batch, States
from rnnbench.sampling import Sample, sample
from rnnbench.trial import Built

T = TypeVar("T")

#: Different batches that the timed steps go round.
BATCHES = 4
#: Seconds of rough timing before the blocks: at least one call, after the first one of all.
WARM_UP_SECONDS = 0.02
#: A result that can be read so many seconds after ``wait``, or in so small a share of the call's
#: own time, was waited for. What seems later is tried again, so that no pause decides it.
LATE, LATE_SHARE, TRIES = 0.001, 0.25, 5
#: Points of a learning curve.
CURVE_POINTS = 50
#: Seconds between two messages on the progress of a training.
PROGRESS_INTERVAL = 0.25


@dataclass
class Job:
    """The row in hand: its specification as objects and the program that runs it."""

    built: Built
    backend: Backend
    program: Program
    batch: int
    steps: int
    zero_state: States
    stream: Iterator[Batch]
    peak_is_ours: bool
    state: States = field(init=False)
    traces: int | None = None

    def __post_init__(self) -> None:
        self.state = self.zero_state

    def step(self) -> object:
        """Run one training step on the next batch of the timed stream."""
        loss, state = self.program.train_step(self.state, next(self.stream))
        if self.built.task.carries_state:
            self.state = state
        return loss

    def forward(self) -> object:
        """Run one forward pass on the next batch of the timed stream."""
        return self.program.forward(self.state, next(self.stream).inputs)


def train(job: Job, seed: int, progress: Callable[[int], None]) -> list[tuple[int, float]]:
    """Train for the job's steps on the stream of ``seed``; return the learning curve."""
    curve: list[tuple[int, float]] = []
    every = max(1, job.steps // CURVE_POINTS)
    state, told = job.zero_state, time.monotonic()
    batches = islice(job.built.task.training(job.batch, seed), job.steps)
    for step, batch in enumerate(batches, 1):
        loss, new_state = job.program.train_step(state, job.backend.put(batch))
        if job.built.task.carries_state:
            state = new_state
        if step == 1 or step % every == 0 or step == job.steps:
            curve.append((step, finite(float(job.backend.numpy(loss)), f"loss at step {step}")))
        if time.monotonic() - told > PROGRESS_INTERVAL:
            told = time.monotonic()
            progress(step)
    job.program.wait()
    return curve


def evaluate(job: Job, progress: Callable[[], None]) -> float:
    """Return the score on the held-out batches; ``progress`` is called now and then."""
    task, total, count = job.built.task, 0.0, 0.0
    state, told = job.zero_state, time.monotonic()
    for batch in task.testing(job.batch):
        outputs, new_state = job.program.forward(state, job.backend.put(batch).inputs)
        if task.carries_state:
            state = new_state
        part, size = task.measure(job.backend.numpy(outputs), batch.targets)
        total, count = total + part, count + size
        if time.monotonic() - told > PROGRESS_INTERVAL:
            told = time.monotonic()
            progress()
    return finite(task.score(total / count), "score")


def block(program: Program, run: Callable[[], object], calls: int) -> tuple[Sample, Sample]:
    """Return the sample of one call, slower after another kind of work, and that of a block.

    Only a block is ever judged by what it lost to others.
    """
    return sample(program, run, 1, evidence=False), sample(program, run, calls)


def warm(
    program: Program, run: Callable[[], T], read: Callable[[T], object] = lambda result: None
) -> float:
    """Run until warm; return the fastest call, in seconds.

    Args:
        program: what is run.
        run: one call of it.
        read: gets at the result of a call, which must be there when ``wait`` has returned.

    Raises:
        RuntimeError: if the result is not there yet: what is timed would be the start of the work
            and not its end.
    """
    calls: list[tuple[float, float]] = []
    program.wait()
    while sum(map(sum, calls)) < WARM_UP_SECONDS or (late(calls) and len(calls) < TRIES):
        start = time.perf_counter()
        result = run()
        program.wait()
        waited = time.perf_counter()
        read(result)
        calls.append((waited - start, time.perf_counter() - waited))
    if late(calls):
        called, unread = (1e3 * statistics.median(each) for each in zip(*calls, strict=True))
        raise RuntimeError(
            f"wait() returns before the work is done: after {called:.2g} ms, and the result can be "
            f"read {unread:.2g} ms later"
        )
    return min(called for called, _ in calls)


def late(calls: Sequence[tuple[float, float]]) -> bool:
    """Return whether results were not there yet when ``wait`` had returned, by the medians."""
    if not calls:
        return False
    called, unread = (statistics.median(seconds) for seconds in zip(*calls, strict=True))
    return bool(unread > max(LATE, LATE_SHARE * called))


def finite(value: float, what: str) -> float:
    """Return the value.

    Raises:
        Diverged: if it is not a finite number.
    """
    if not abs(value) <= 1e100:  # nan is neither
        raise Diverged(f"the training diverged: the {what} is {value}")
    return value
