"""The row in hand, ready to be timed and trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from threadpoolctl import ThreadpoolController

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.contracts.values import count, optional, said, text
from rnnbench.measure.timer import sample
from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Batch, Params, States
from rnnbench.models.counting import count_flops
from rnnbench.oracle.audit.block import drawn_start
from rnnbench.plan.comparisons.build import Built
from rnnbench.schema.messages.timing import (
    Audit,
    Audited,
    Finished,
    Prepare,
    Prepared,
    Turn,
    Turned,
)
from rnnbench.schema.sample import Sample
from rnnbench.system.threads import one_blas_thread
from rnnbench.worker.data.batches import Batches
from rnnbench.worker.row.evidence import Evidence
from rnnbench.worker.row.memory import RowMemory
from rnnbench.worker.row.warm_up import warm

#: Different batches that a row goes round until it is warm.
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
        batches: those that it is timed with, as own arrays.
        memory: follows its memory, from before it was built.
        state: the state before the next timed step.
        who: the backend and its plugin, for errors.
        traces: how often the framework had compiled when the row was warm.
        evidence: what the last turn has left behind.
        pools: the BLAS libraries of this process, of which one thread draws what is begun with; see
            :func:`~rnnbench.system.threads.one_blas_thread`.
    """

    built: Built
    backend: Backend
    program: Program
    batch: int
    steps: int
    zero_state: States
    batches: Batches
    memory: RowMemory
    who: str = "the backend"
    state: States = field(init=False)
    traces: int | None = None
    evidence: Evidence | None = None
    pools: ThreadpoolController = field(default_factory=ThreadpoolController)

    def __post_init__(self) -> None:
        self.state = self.zero_state

    def step(self) -> Array:
        """Run one training step on the next batch."""
        loss, state = self.program.train_step(self.state, next(self.batches))
        if self.built.carries_state:
            self.state = state
        return loss

    def forward(self) -> Array:
        """Run one forward pass on the next batch."""
        return self.program.forward(self.state, next(self.batches)._replace(noise=None))[0]

    def set_back(self, request: Turn) -> None:
        """Start from the weights and the state that a turn draws; nothing of it is timed."""
        self.evidence = None  # frees what the last turn has left
        with one_blas_thread(self.pools):
            start = drawn_start(self.built.model, self.batch, request.draw, self.backend.dtype)
            self.batches.begin(1 + max(request.steps, request.forwards))
        self.program.reset(start.params)
        self.state = self.backend.put(start.state)
        self.program.wait()

    def turn(self, request: Turn) -> Turned:
        """Run a block of forward passes, before anything is trained, and one of training steps."""
        self.evidence = kept = Evidence.of(request)
        forwards = block(self.program, lambda: kept.add_forward(self.forward()), request.forwards)
        self.batches.begin(0)
        steps = block(self.program, lambda: kept.losses.append(self.step()), request.steps)
        return Turned(*steps, *forwards)

    def audit(self, request: Audit) -> Audited:
        """Tell what the last turn has left behind.

        Raises:
            RuntimeError: if there was none.
        """
        if self.evidence is None:
            raise RuntimeError("no turn was taken")
        return self.evidence.told(self.backend, self.program, request, self.who)

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
    memory, pools = RowMemory(backend, who), ThreadpoolController()
    with one_blas_thread(pools):
        params = built.model.initial(request.seed)
    program = backend.program_on(
        comparison.devices, built.model, params, request.variant, built.optimizer
    )
    batches = Batches(built.training(comparison.batch, request.seed), backend.put)
    batches.begin(BATCHES)
    row = PreparedRow(
        built,
        backend,
        program,
        comparison.batch,
        comparison.steps,
        backend.put(built.model.zero_state(comparison.batch)),
        batches,
        memory,
        who,
        pools=pools,
    )
    return row, first_figures(row, params, batches.first)


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
        step_products=flops and flops.steps,
        length=time_steps(row, batch),
        kernel=said(row.who, "kernel", row.program.kernel, text),
        first_step_s=first_step.seconds,
        first_forward_s=first_forward.seconds,
        step_s=step,
        forward_s=forward,
        data_hash=row.built.task.data_hash,
    )


def time_steps(row: PreparedRow, batch: Batch) -> int:
    """Return the time steps of a batch: where a sequence is made of one, those of the target."""
    one = row.built.model.spec.problem.source == "one"
    return len(batch.targets if one else batch.inputs)


def block(program: Program, run: Callable[[], object], calls: int) -> tuple[Sample, Sample]:
    """Return the sample of one call, slower after another kind of work, and that of a block.

    Only a block is ever judged by what it lost to others.
    """
    return sample(program, run, 1, evidence=False), sample(program, run, calls)
