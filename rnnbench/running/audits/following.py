"""What the oracle computes of a round, as far as it may follow."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from rnnbench.contracts.values import guarded
from rnnbench.oracle.audit.block import BATCHES, Left, drawn_start, entries_of
from rnnbench.oracle.audit.differences import Reference, differences
from rnnbench.oracle.audit.path import Trajectory, Work, outputs_of, trajectory
from rnnbench.oracle.backend import NumpyProgram
from rnnbench.plan.comparisons.build import Built
from rnnbench.running.audits.turns import AuditedRound, AuditedTurn
from rnnbench.schema.comparison import Comparison
from rnnbench.system.threads import one_blas_thread

#: A row that makes so many times the steps of the usual row is followed no further than that.
FURTHER = 4
#: Operations per second of the oracle, at best: a step that would take too long is not begun.
BEST_RATE = 2e10
#: Bytes that the oracle may keep for a gradient, and arrays that it keeps of each step in time.
MEMORY, ARRAYS = 2e9, 40


class Computed(NamedTuple):
    """What the oracle has computed of a round: a training, and outputs by forward pass."""

    path: Trajectory
    outputs: Mapping[int, np.ndarray]

    def left_by(self, turn: AuditedTurn) -> Left:
        """Return what a turn should leave behind, as far as it was computed."""
        return Left(
            np.array(self.path.losses[: turn.steps]),
            self.path.params.get(turn.steps, {}),
            self.outputs.get(turn.kept, np.empty(0)),
        )


class Follower:
    """Has the oracle compute what the turns of one round should leave behind."""

    def __init__(self, work: Work, found: AuditedRound, seconds: float) -> None:
        """Compute nothing yet.

        Args:
            work: what the turns have computed.
            found: the turns.
            seconds: that a training of the oracle may take.
        """
        self.work, self.found, self.seconds = work, found, seconds
        with one_blas_thread():
            self.begin = drawn_start(work.model, work.batch, found.turns[0].turn.draw, work.dtype)
        self.before = entries_of(self.begin.params, found.entries)
        self._known: dict[tuple[int, str], np.ndarray] = {}

    def apart(self, left: Left, right: Computed, turn: AuditedTurn) -> dict[str, float]:
        """Return how far a block is from what the oracle has computed of it."""
        return differences(left, Reference(right.left_by(turn), self.before))

    def computed(self, dtype: str, make: Callable[..., NumpyProgram] = NumpyProgram) -> Computed:
        """Compute what all turns should leave behind, as far as that may go.

        Args:
            dtype: at which it is computed.
            make: see :func:`rnnbench.oracle.audit.path.trained`; outputs are those of the oracle.
        """
        needed = [turn for turn in self.found.turns if not turn.failed]
        path = Trajectory([], {})
        if needed and affordable(self.work, needed[0].process.prepared.flops, self.seconds):
            path = trajectory(
                self.work, self.begin, ends(needed), self.found.entries, dtype, self.seconds, make
            )
        return Computed(path, {turn.kept: self._outputs(turn, dtype) for turn in needed})

    def _outputs(self, turn: AuditedTurn, dtype: str) -> np.ndarray:
        """Compute the outputs that a turn has kept, once; none where that would take too long."""
        if (turn.kept, dtype) not in self._known:
            flops = turn.process.prepared.forward_flops
            self._known[turn.kept, dtype] = (
                outputs_of(self.work, self.begin, turn.kept, self.found.entries, dtype)
                if affordable(self.work, flops, self.seconds)
                else np.empty(0)
            )
        return self._known[turn.kept, dtype]


def ends(turns: Sequence[AuditedTurn]) -> set[int]:
    """Return the numbers of steps to follow turns to."""
    steps = [turn.steps for turn in turns]
    furthest = math.ceil(FURTHER * statistics.median(steps))
    return {min(number, furthest) for number in steps}


def affordable(work: Work, flops: int | None, seconds: float) -> bool:
    """Return whether the oracle can compute a step of so many operations in time and memory."""
    spec, (time_steps, batch) = work.model.spec, work.stream[0].inputs.shape[:2]
    widest = max(spec.hidden * spec.layers, spec.problem.outputs, spec.problem.inputs)
    kept = ARRAYS * 8 * time_steps * batch * widest
    return (flops or 0) <= BEST_RATE * seconds and kept <= MEMORY


def work_of(
    built: Built, comparison: Comparison, seed: int, rounds: Sequence[AuditedRound]
) -> Work:
    """Return what the turns of rounds have computed, in NumPy."""
    turns = [turn.turn for each in rounds for turn in each.turns]
    calls = 1 + max(max(turn.steps, turn.forwards) for turn in turns)
    stream = built.training(comparison.batch, seed)
    # In hand for all of them at once: to set aside what a task prints takes longer than a batch.
    batches = guarded(
        built.task.who, "training()", lambda: list(islice(stream, min(calls, BATCHES)))
    )
    return Work(
        built.model,
        built.optimizer,
        comparison.batch,
        batches,
        built.carries_state,
        comparison.dtype,
    )
