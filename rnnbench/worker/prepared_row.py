"""The row in hand, ready to be timed and trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.contracts.values import count, optional, said, text
from rnnbench.measure.timer import sample
from rnnbench.models.counting import count_flops
from rnnbench.models.trees import Batch, Params, States
from rnnbench.plan.build import Built
from rnnbench.schema.messages import Finished, Prepare, Prepared, Turn, Turned
from rnnbench.schema.sample import Sample
from rnnbench.worker.row_memory import RowMemory
from rnnbench.worker.warm_up import warm

#: Different batches that the timed steps go round.
BATCHES = 4


@dataclass
class PreparedRow:
    """A row that is built: its specification as objects, and the program that runs it.

    Attributes:
        built: task, cell, model and optimizer.
        backend: what runs it.
        program: the model with its parameters.
        batch: the examples of a batch.
        steps: how many steps a training takes.
        zero_state: the state before the first step, as own arrays.
        stream: the batches that the timed steps go round, as own arrays.
        memory: follows its memory, from before it was built.
        state: the state before the next timed step.
        who: the backend and its plugin, for errors.
        traces: how often the framework had compiled when the row was warm.
    """

    built: Built
    backend: Backend
    program: Program
    batch: int
    steps: int
    zero_state: States
    stream: Iterator[Batch]
    memory: RowMemory
    who: str = "the backend"
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
        return self.program.forward(self.state, next(self.stream)._replace(noise=None))

    def turn(self, request: Turn) -> Turned:
        """Run a block of training steps and one of forward passes."""
        return Turned(
            *block(self.program, self.step, request.steps),
            *block(self.program, self.forward, request.forwards),
        )

    def finish(self) -> Finished:
        """Return what the whole timing has used and compiled."""
        peak, added = self.memory.used()
        traces = self.count_traces()
        unknown = traces is None or self.traces is None
        compiled = None if unknown else traces - self.traces  # type: ignore[operator]
        return Finished(peak, compiled, added)

    def count_traces(self) -> int | None:
        """Return how often the framework has compiled so far, None if it can't tell."""
        return said(self.who, "traces()", self.program.traces(), optional(count))


def prepare(
    request: Prepare, backend: Backend, built: Built, who: str = "the backend"
) -> tuple[PreparedRow, Prepared]:
    """Build a row, run it until it is warm, and return it with its first figures."""
    comparison = request.comparison
    memory = RowMemory(backend, who)
    params = built.model.initial(request.seed)
    program = backend.program(built.model, params, request.variant, built.optimizer)
    batches = list(islice(built.training(comparison.batch, request.seed), BATCHES))
    row = PreparedRow(
        built,
        backend,
        program,
        comparison.batch,
        comparison.steps,
        backend.put(built.model.zero_state(comparison.batch)),
        cycle([backend.put(batch) for batch in batches]),
        memory,
        who,
    )
    return row, first_figures(row, params, batches[0])


def first_figures(row: PreparedRow, params: Params, batch: Batch) -> Prepared:
    """Time the first calls of a row, and those after them until it is warm."""
    flops = count_flops(row.built.model, batch)
    first_step = sample(row.program, row.step, 1, evidence=False)
    step = warm(row.program, row.step, row.backend.numpy)
    first_forward = sample(row.program, row.forward, 1, evidence=False)
    forward = warm(row.program, row.forward)
    row.traces = row.count_traces()
    return Prepared(
        params=sum(array.size for group in params.values() for array in group.values()),
        flops=flops and flops.train_step,
        forward_flops=flops and flops.forward,
        length=len(batch.inputs),
        kernel=said(row.who, "kernel", row.program.kernel, text),
        first_step_s=first_step.seconds,
        first_forward_s=first_forward.seconds,
        step_s=step,
        forward_s=forward,
        data_hash=row.built.task.data_hash,
    )


def block(program: Program, run: Callable[[], object], calls: int) -> tuple[Sample, Sample]:
    """Return the sample of one call, slower after another kind of work, and that of a block.

    Only a block is ever judged by what it lost to others.
    """
    return sample(program, run, 1, evidence=False), sample(program, run, calls)
