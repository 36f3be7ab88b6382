"""Audits: rounds chosen at random when they are over, held against the oracle and the other rows.

The oracle computes the whole of a round where that is affordable. What it does not reach is held
against the median of the rows, which share weights, state and batches.
"""

from __future__ import annotations

import math
import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, islice
from typing import NamedTuple

import numpy as np

from rnnbench.contracts.values import raised
from rnnbench.oracle import audit
from rnnbench.oracle.audit import Left, Reference, Trajectory, Work
from rnnbench.oracle.parity import TOLERANCE, Parity
from rnnbench.plan.comparisons.build import Built
from rnnbench.run.rounds import TimedProcess
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.messages import Audit, Audited, Failed, Turn
from rnnbench.schema.types import LARGEST

#: One round of so many is audited, drawn for each when it is over; the last one always is.
ONE_IN = 4
#: The oracle follows one round, and more in so large a share of the time of a comparison; where
#: there are no rows of another backend to hold the rest against, in so many seconds at least.
SHARE, LEAST = 0.05, 2.0
#: And so many times as long while rows that have not failed differ in rounds that are left, by more
#: than errors have grown in those that were followed.
LONGER = 3
#: A row that makes so many times the steps of the usual row is followed no further than that.
FURTHER = 4
#: Operations per second of the oracle, at best: a step that would take too long is not begun.
BEST_RATE = 2e10
#: Bytes that the oracle may keep for a gradient, and arrays that it keeps of each step in time.
MEMORY, ARRAYS = 2e9, 40
#: The rounding of float32, and the logarithm of the most that it is taken to grow by.
ROUNDING, MOST_GROWN = 1e-7, 30.0
#: By how much rows may differ where neither the oracle nor two others say what rounding does.
ROUGH = 1e-2
#: How far each value may be, by the number of steps; see :func:`rnnbench.oracle.audit.excuses`.
Excused = dict[int, dict[str, float]]


@dataclass
class AuditedTurn:
    """A turn that was audited.

    Attributes:
        process: who took it.
        turn: what was asked.
        left: what it has left behind.
    """

    process: TimedProcess
    turn: Turn
    left: Left

    @property
    def kept(self) -> int:
        """The number of the forward pass whose outputs were kept."""
        return audit.kept_forward(self.turn.draw, self.turn.forwards)

    @property
    def steps(self) -> int:
        """Training steps since the start: those of the block, and the one before it."""
        return self.turn.steps + 1


@dataclass
class AuditedRound:
    """The turns of a round, from one start.

    Attributes:
        number: of the round, from 1.
        entries: see :class:`Audit`.
        turns: one of each process.
    """

    number: int
    entries: int
    turns: list[AuditedTurn] = field(default_factory=list)


class Audits:
    """The audits of one comparison.

    What is drawn here is in no record and comes from no seed, so that nobody can know it before.
    """

    def __init__(self, processes: Sequence[TimedProcess]) -> None:
        self.processes = processes
        self.rounds: list[AuditedRound] = []

    def after_round(self, number: int) -> None:
        """Audit a round that is over, or not; ``number`` is its, from 1."""
        if secrets.randbelow(ONE_IN) == 0:
            self.collect(number)

    def after_last_round(self, number: int) -> None:
        """Audit the last round, unless that has been done."""
        if number and not (self.rounds and self.rounds[-1].number == number):
            self.collect(number)

    def collect(self, number: int) -> None:
        """Ask every process what its last turn has left behind."""
        found = AuditedRound(number, secrets.randbits(31))
        for process in self.processes:
            if process.failure or process.asked is None:
                continue
            reply = process.audit(Audit(found.entries))
            if isinstance(reply, Failed):
                process.failure = reply
            else:
                process.claims.heard(process.turns[-1], reply)
                found.turns.append(AuditedTurn(process, process.asked, left_by(reply)))
        self.rounds.append(found)

    def judge(
        self, build: Callable[[], Built], comparison: Comparison, seed: int, max_time: float
    ) -> None:
        """Fail every process that was wrong in an audited round, or whose word can't be true.

        Where the task or the cell raises here, all fail: nothing would be proved.

        Args:
            build: makes what is computed.
            comparison: likewise.
            seed: of the batches.
            max_time: seconds of the timing.
        """
        for process in self.processes:
            process.failure = process.failure or process.claims.judged()
        rounds = [each for each in self.rounds if each.turns]
        try:
            if rounds:
                self._hold(work_of(build(), comparison, seed, rounds), rounds, max_time)
        except Exception as error:  # a plugin's, which here takes part in the run itself
            for process in self.processes:
                process.failure = process.failure or Failed("failed", f"no audit: {raised(error)}")

    def _hold(self, work: Work, rounds: Sequence[AuditedRound], max_time: float) -> None:
        """Judge the rounds in which rows differ most, at least one, as many as time allows.

        Rows that have failed in one round don't count in the next.
        """
        seconds, begun = max(LEAST, SHARE * max_time), time.monotonic()
        # The last of them first where all differ alike: a program may begin honestly.
        judges = [Judge(work, each, seconds) for each in reversed(rounds)]
        excused: Excused = {}
        done = 0
        while judges:
            next_one = max(judges, key=lambda judge: judge.disagreement(excused))
            allowed = LONGER * seconds
            if next_one.disagreement(excused) <= TOLERANCE[work.dtype]:
                allowed = SHARE * max_time if self._have_witnesses() else seconds
            if done and (done + 1) / done * (time.monotonic() - begun) > allowed:
                return
            judges.remove(next_one)
            excused |= next_one.convict()
            done += 1

    def _have_witnesses(self) -> bool:
        """Return whether rows that agree are of several backends, as variants of one may share."""
        return len({one.row.backend for one in self.processes if one.failure is None}) > 1


class Judge:
    """Holds the turns of one round against what they should have left behind."""

    def __init__(self, work: Work, found: AuditedRound, seconds: float) -> None:
        """Compute nothing yet.

        Args:
            work: what the turns have computed.
            found: the turns.
            seconds: that the oracle may take.
        """
        self.work, self.found, self.seconds = work, found, seconds
        self.begin = audit.start(work.model, work.batch, found.turns[0].turn.draw, work.dtype)
        self.before = audit.entries_of(self.begin.params, found.entries)

    def disagreement(self, excused: Excused) -> float:
        """Return the largest difference from the median of all, of a row that has not failed.

        Args:
            excused: what is known of other rounds; errors grow alike in all.
        """
        return max(
            (
                audit.worst(found, self.work.dtype, excused.get(self.found.turns[k].steps)).error
                for k, found in self.from_others.items()
                if not self.failed(k)
            ),
            default=0.0,
        )

    @cached_property
    def from_others(self) -> dict[int, dict[str, float]]:
        """How far each turn is from the median of all, of what at least two have."""
        if len(self.found.turns) < 2:
            return {k: {} for k, _ in self.turns}
        return {k: self._from_others(turn) for k, turn in self.turns}

    def _from_others(self, turn: AuditedTurn) -> dict[str, float]:
        middle = audit.middle([comparable(other, turn) for other in self.found.turns])
        return audit.differences(turn.left, Reference(middle, self.before))

    def failed(self, number: int) -> bool:
        """Return whether the process of a turn has failed."""
        return self.found.turns[number].process.failure is not None

    def convict(self) -> Excused:
        """Fail the processes that were wrong in this round; note the errors of the others.

        Returns:
            By how much small errors grow, where that had to be found out.
        """
        right, excused = self.computed("float64"), {}
        exact = {k: self.apart(turn.left, right, turn) for k, turn in self.turns}
        found = {k: self.from_others[k] | exact[k] for k, _ in self.turns}
        errors = {k: audit.worst(each, self.work.dtype) for k, each in found.items()}
        if max(error for error, _ in errors.values()) > TOLERANCE[self.work.dtype]:
            # Only now it matters what small errors grow to, which takes the same time again.
            off = self.computed(self.work.dtype, TOLERANCE[self.work.dtype] / audit.MARGIN)
            for k, turn in self.turns:
                grown = audit.excuses(self.apart(left_of(off, turn), right, turn))
                excused[turn.steps] = grown
                allowed = rough(found[k], grown, self.witnessed(k), self.work.dtype)
                errors[k] = audit.worst(found[k], self.work.dtype, allowed | grown)
        for k, turn in self.turns:
            whom = "the oracle" if errors[k].tensor in exact[k] else "the other rows"
            self.note(turn.process, errors[k], whom)
        return excused

    def witnessed(self, number: int) -> dict[str, float]:
        """Return how far the closest two others are apart, of two backends; errors grow alike."""
        pairs = [apart for pair, apart in self.between.items() if number not in pair]
        return {
            name: min(apart[name] for apart in pairs if name in apart)
            for name in {name for apart in pairs for name in apart}
        }

    @cached_property
    def between(self) -> dict[tuple[int, int], dict[str, float]]:
        """How far two turns of different backends have come apart, as the oracle from itself."""
        return {
            (k, j): audit.excuses(
                audit.differences(turn.left, Reference(comparable(other, turn), self.before))
            )
            for (k, turn), (j, other) in combinations(self.turns, 2)
            if turn.process.row.backend != other.process.row.backend
        }

    @property
    def turns(self) -> Iterator[tuple[int, AuditedTurn]]:
        """The turns with their numbers."""
        return enumerate(self.found.turns)

    def note(self, process: TimedProcess, found: Parity, whom: str) -> None:
        """Note the error of a process, which fails if that is above the tolerance."""
        if not found.tensor:  # nothing could be compared
            return
        allowed = TOLERANCE[self.work.dtype]
        process.audited = max(process.audited or found, found)
        if found.error > allowed and process.failure is None:
            process.failure = Failed(
                "mismatch",
                f"right in the check, by {process.checked.parity_error:.1e}, but wrong while it "
                f"was timed: in round {self.found.number} the {found.tensor} differs from {whom} "
                f"by {found.error:.1e}, allowed {allowed:.0e}",
                min(found.error, LARGEST),
            )

    def apart(self, left: Left, right: Computed, turn: AuditedTurn) -> dict[str, float]:
        """Return how far a block is from what the oracle has computed of it."""
        return audit.differences(left, Reference(left_of(right, turn), self.before))

    def computed(self, dtype: str, off: float = 0.0) -> Computed:
        """Have the oracle compute what all turns should leave behind, as far as it may.

        Args:
            dtype: at which it computes.
            off: see :func:`rnnbench.oracle.audit.trained`.
        """
        needed = [turn for turn in self.found.turns if turn.process.failure is None]
        if not needed:
            return Computed(Trajectory([], {}), {})
        outputs = {
            number: audit.outputs_of(self.work, self.begin, number, self.found.entries, dtype)
            for number in {turn.kept for turn in needed}
            if affordable(self.work, needed[0].process.prepared.forward_flops, self.seconds)
        }
        path = Trajectory([], {})
        if affordable(self.work, needed[0].process.prepared.flops, self.seconds):
            steps = [turn.steps for turn in needed]
            furthest = math.ceil(FURTHER * statistics.median(steps))
            ends = {min(number, furthest) for number in steps}
            path = audit.trajectory(
                self.work, self.begin, ends, self.found.entries, dtype, self.seconds, off
            )
        return Computed(path, outputs)


class Computed(NamedTuple):
    """What the oracle has computed of a round: a training, and outputs by forward pass."""

    path: Trajectory
    outputs: dict[int, np.ndarray]


def left_of(computed: Computed, turn: AuditedTurn) -> Left:
    """Return what a turn should leave behind, as far as it was computed."""
    return Left(
        np.array(computed.path.losses[: turn.steps]),
        computed.path.params.get(turn.steps, {}),
        computed.outputs.get(turn.kept, np.empty(0)),
    )


def comparable(other: AuditedTurn, turn: AuditedTurn) -> Left:
    """Return what another turn has left behind and this one should have, too."""
    left = other.left
    return Left(
        left.losses,
        left.params if other.steps == turn.steps else {},
        left.outputs if other.kept == turn.kept else np.empty(0),
    )


def left_by(said: Audited) -> Left:
    """Return what a worker has told of a block; NaN is what is no finite number."""

    def array(values: Sequence[float | None]) -> np.ndarray:
        return np.array([np.nan if value is None else value for value in values])

    params = {name: array(values) for name, values in said.params.items()}
    return Left(array(said.losses), params, array(said.outputs))


def affordable(work: Work, flops: int | None, seconds: float) -> bool:
    """Return whether the oracle can compute a step of so many operations in time and memory."""
    spec, (time_steps, batch) = work.model.spec, work.stream[0].inputs.shape[:2]
    widest = max(spec.hidden * spec.layers, spec.problem.outputs, spec.problem.inputs)
    kept = ARRAYS * 8 * time_steps * batch * widest
    return (flops or 0) <= BEST_RATE * seconds and kept <= MEMORY


def rough(
    found: Mapping[str, float],
    excused: Mapping[str, float],
    witnessed: Mapping[str, float],
    dtype: str,
) -> dict[str, float]:
    """Return excuses for what was held against the other rows alone.

    The oracle has not told what rounding does there. Two other rows that are close do: then no more
    than :data:`ROUGH` is taken to be rounding, or what has brought them apart. Where there are no
    such two, rounding may grow from step to step by as much as it has so far, which is how it grows
    where training amplifies it.

    Args:
        found: the differences.
        excused: by how much errors have grown as far as the oracle has followed.
        witnessed: see :meth:`Judge.witnessed`.
        dtype: at which the block computed.
    """
    known = [value for name, value in excused.items() if name.startswith(audit.LOSS)]
    rate = math.log(max(1.0, max(known, default=0.0) / ROUNDING)) / max(1, len(known))
    grown = {
        name: ROUNDING * math.exp(min(rate * int(name.removeprefix(audit.LOSS)), MOST_GROWN))
        for name in found
        if name.startswith(audit.LOSS)
    }
    least = audit.excuse_for(ROUGH, dtype)
    update = max(least, max(grown.values(), default=0.0))
    grown |= {name: update for name in found if name.startswith(audit.UPDATE)}
    return grown | {
        name: max(witnessed[name], min(grown[name], least)) for name in grown if name in witnessed
    }


def work_of(
    built: Built, comparison: Comparison, seed: int, rounds: Sequence[AuditedRound]
) -> Work:
    """Return what the turns of rounds have computed, in NumPy."""
    turns = [turn.turn for each in rounds for turn in each.turns]
    calls = 1 + max(max(turn.steps, turn.forwards) for turn in turns)
    stream = built.training(comparison.batch, seed)
    return Work(
        built.model,
        built.optimizer,
        comparison.batch,
        list(islice(stream, min(calls, audit.BATCHES))),
        built.task.carries_state,
        comparison.dtype,
    )
