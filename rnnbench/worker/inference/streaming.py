"""A row that is given one step at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace
from threadpoolctl import ThreadpoolController

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.inference.streaming import Stream, sequence, streamed
from rnnbench.contracts.program import Program
from rnnbench.contracts.values import said, text
from rnnbench.measure.timer import sample
from rnnbench.models.model import Model
from rnnbench.oracle.audit import block
from rnnbench.plan.comparisons.build import Built
from rnnbench.schema.messages.inference import (
    AskStream,
    PrepareStream,
    StreamPrepared,
    StreamTaken,
    StreamTold,
    TakeStream,
)
from rnnbench.schema.sample import StreamTurn
from rnnbench.system.threads import one_blas_thread
from rnnbench.worker.row.evidence import plain
from rnnbench.worker.row.warm_up import warm


@dataclass
class StreamedRow:
    """The row in hand.

    Attributes:
        backend: what runs it.
        model: answers at each step.
        program: the model with its parameters.
        batch: examples of a step.
        outputs: of all steps of the last turn, None before there was one.
        pools: see :class:`~rnnbench.worker.row.prepared_row.PreparedRow`.
    """

    backend: Backend
    model: Model
    program: Program
    batch: int
    outputs: np.ndarray | None = None
    pools: ThreadpoolController = field(default_factory=ThreadpoolController)

    def turn(self, request: TakeStream, begin: Callable[[], None]) -> StreamTaken:
        """Take a block of steps, one after another that does not count.

        Args:
            request: how many, and what draws the weights, the state and the inputs.
            begin: called when all that is there, and the timed part begins.
        """
        self.outputs = None
        with one_blas_thread(self.pools):
            start = block.drawn_start(self.model, self.batch, request.draw, self.backend.dtype)
            steps = split(self.model, 1 + request.steps, self.batch, request.draw)
        self.program.reset(start.params)
        stream = Stream(self.backend, self.program, start.state)
        found = [stream.run(steps[:1])]
        begin()
        taken = sample(self.program, lambda: found.append(stream.run(steps[1:])), 1)
        self.outputs = np.concatenate([each.outputs for each in found])
        median, p99 = np.quantile(found[1].latencies, [0.5, 0.99])
        whole = replace(taken, calls=request.steps)
        return StreamTaken(StreamTurn(whole, float(median), float(p99)))

    def told(self, request: AskStream) -> StreamTold:
        """Tell the outputs of the last turn, at entries that are drawn only now.

        Raises:
            RuntimeError: if there was none.
        """
        if self.outputs is None:
            raise RuntimeError("no turn was taken")
        return StreamTold(plain(block.entries("outputs", self.outputs, request.entries)))


def prepare_stream(
    request: PrepareStream, backend: Backend, built: Built, who: str = "the backend"
) -> tuple[StreamedRow, StreamPrepared]:
    """Build a row, take steps until it is warm, and return it with its first figures.

    Raises:
        Unsupported: if the variant can't run the model.
        UsageError: if no network of this kind answers one step at a time.
    """
    model, batch = streamed(built.model), request.comparison.batch
    params = model.initial(request.seed)
    program = backend.program(model, params, request.variant, built.optimizer)
    stream = Stream(backend, program, model.zero_state(batch))
    (x,) = split(model, 1, batch, request.seed)
    begun = time.perf_counter()
    stream.step(x)
    first = time.perf_counter() - begun
    prepared = StreamPrepared(
        params=sum(array.size for group in params.values() for array in group.values()),
        kernel=said(who, "kernel", program.kernel, text),
        first_step_s=first,
        step_s=warm(program, lambda: stream.step(x)),
    )
    return StreamedRow(backend, model, program, batch), prepared


def split(model: Model, steps: int, batch: int, draw: int) -> list[np.ndarray]:
    """Return drawn inputs, one step each."""
    whole = sequence(model.spec.problem, steps, batch, draw)
    return [whole[k : k + 1] for k in range(steps)]
