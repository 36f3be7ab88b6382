"""The row in hand: timed in blocks, trained, evaluated."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.measure.timer import sample
from rnnbench.models.trees import Batch, States
from rnnbench.plan.build import Built
from rnnbench.schema.sample import Sample

T = TypeVar("T")

#: Different batches that the timed steps go round.
BATCHES = 4
#: Seconds of rough timing before the blocks: at least one call, after the first one of all.
WARM_UP_SECONDS = 0.02
#: A result that can be read so many seconds after ``wait``, or in so small a share of the call's
#: own time, was waited for. What seems later is tried again, so that no pause decides it.
LATE, LATE_SHARE, TRIES = 0.001, 0.25, 5


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
        return self.program.forward(self.state, next(self.stream))


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
