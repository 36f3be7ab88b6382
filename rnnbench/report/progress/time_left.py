"""An estimate of how long a run will still take, that neither stands still nor jumps."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile

from rnnbench.results.work_left import Stage
from rnnbench.schema.row import Row

#: Seconds that stages take of which a run has but one.
ONCE = {"starting": 3.0, "checking": 3.0, "measuring": 3.0}
#: From this share of a stage on, the rest is taken to be as quick as what is done.
TELLING = 0.1
#: What a training takes over its steps alone, before one has been seen: rather too much.
BESIDE = 1.3
#: Seconds by which an estimate may be off without being corrected upwards.
FAR = 2.0
#: Seconds in which two thirds of what is missing are made up for.
CATCHING_UP = 10.0


class Tally:
    """A sum and how many were added, so that neither has to be found again."""

    def __init__(self) -> None:
        self.sum, self.count = 0.0, 0

    def add(self, amount: float, count: int = 1) -> None:
        """Add an amount, or take it away: -1 times."""
        self.sum += count * amount
        self.count += count

    @property
    def mean(self) -> float | None:
        """What was added on average, None where nothing was."""
        return self.sum / self.count if self.count else None


def kind_of(stage: Stage) -> str:
    """Return what stages that are expected to take alike have in common; see :func:`size_of`."""
    return stage.kind if stage.most is None else "allowed"


def size_of(stage: Stage) -> float:
    """Return what such stages differ in: the seconds that are allowed, or the steps."""
    return stage.steps if stage.most is None else stage.most


class TimeLeft:
    """Adds up what is left of a plan, and comes down to it smoothly.

    A timing takes what the plan allows it, or as long as its precision so far lets expect, and
    beyond that what earlier ones took: the oracle comes after it, and the machine is busy; a
    training takes as long as its steps did when they were timed, with what earlier ones took
    beside; another stage as long as those of its kind did on average.

    What is told falls by a second in a second where it equals the estimate, more slowly where that
    is larger, faster where it is smaller, so that both come to nothing together, however the
    estimate jumps. Only where the estimate is more than twice as long does it rise, within some
    :data:`CATCHING_UP` seconds: a jump would frighten, and what is far too short is a lie.

    Only the comparison in hand is looked at stage by stage: a run may have ten thousand.
    """

    def __init__(
        self, stages: Iterable[Stage] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Expect some stages; see :meth:`expect`."""
        self._clock = clock
        self._started = clock()
        self._step_s: dict[str, dict[Row, float]] = {}  # by the key of a comparison
        self._steps = Tally()  # all of them
        self._seconds: dict[str, Tally] = defaultdict(Tally)  # what stages took, by kind
        self._shares = Tally()  # of what the plan allows, those that timings took
        self._shares.add(1.0)  # as if one had taken all of it
        self._trained = [0.0, 0.0]  # what trainings took, and what their steps let expect
        self._told: float | None = None
        self._at = self._started
        self.expect(stages)

    def expect(self, stages: Iterable[Stage]) -> None:
        """Take these stages for what is left."""
        self._left = deque(stages)
        self._ahead: dict[str, Tally] = defaultdict(Tally)  # the sizes of all of them, by kind
        for stage in self._left:
            self._ahead[kind_of(stage)].add(size_of(stage))
        self._now: Stage | None = None
        self._share = 0.0
        self._needed: float | None = None

    def begin(self, kind: str, key: str = "") -> None:
        """Note that a stage begins, and so that the one before has ended.

        Those that were expected before it are left out: a row that failed is not trained.
        """
        self._end()
        self._now = Stage(kind, key)
        if any((stage.kind, stage.key) == (kind, key) for stage in self._left):
            self._now = self._next()
            while (self._now.kind, self._now.key) != (kind, key):
                self._now = self._next()
        self._began = self._clock()
        self._share, self._needed = 0.0, None

    def reached(self, share: float, precision: float | None = None, asked: float = 0.0) -> None:
        """Note how far the stage is.

        Args:
            share: how much of it is done.
            precision: that of a timing so far, which falls with the root of its rounds.
            asked: at which it ends.
        """
        self._share = share
        if precision is not None and asked:
            self._needed = self._spent * (precision / asked) ** 2

    def timed(self, key: str, step_s: Mapping[Row, float]) -> None:
        """Note the seconds per step of a comparison's rows."""
        known = self._step_s.setdefault(key, {})
        for row, seconds in step_s.items():
            if row in known:
                self._steps.add(known[row], -1)
            self._steps.add(seconds)
            known[row] = seconds

    def seconds(self) -> float | None:
        """Return what is to be told, None as long as nothing tells it."""
        estimate = self._estimate()
        if estimate is None:
            return None
        now = self._clock()
        if self._told is None:
            self._told = estimate
        elif estimate > 2 * self._told + FAR:
            missing = estimate - self._told
            self._told += missing * (1 - math.exp(-(now - self._at) / CATCHING_UP))
        elif now > self._at:
            self._told *= estimate / (estimate + now - self._at)
        self._at = now
        return self._told

    @property
    def share(self) -> float:
        """How much of the whole is done, as far as that is told."""
        spent = self._at - self._started
        return spent / (spent + self._told) if self._told is not None and spent > 0 else 0.0

    @property
    def _spent(self) -> float:
        return self._clock() - self._began

    def _end(self) -> None:
        """Learn from the stage that has ended."""
        stage = self._now
        if stage is None:
            return
        if stage.most is not None:
            self._shares.add(self._spent / stage.most)
        elif stage.kind == "training" and (alone := self._steps_alone(stage)):
            self._trained[0] += self._spent
            self._trained[1] += alone
        else:
            self._seconds[stage.kind].add(self._spent)

    def _next(self) -> Stage:
        """Take the stage that comes first."""
        stage = self._left.popleft()
        self._ahead[kind_of(stage)].add(size_of(stage), -1)
        return stage

    def _estimate(self) -> float | None:
        key = self._now.key if self._now else ""
        own = list(takewhile(lambda stage: stage.key == key, self._left))
        found = [self._rest(), *map(self._expected, own)]
        for kind, ahead in self._ahead.items():
            mine = [size_of(stage) for stage in own if kind_of(stage) == kind]
            if others := ahead.count - len(mine):
                found.append(self._all_expected(kind, others, max(0.0, ahead.sum - sum(mine))))
        known = [seconds for seconds in found if seconds is not None]
        return sum(known) if len(known) == len(found) else None

    def _rest(self) -> float | None:
        """Return what is left of the present stage."""
        if self._now is None:
            return 0.0
        if self._now.most is not None:
            most = self._now.most
            beyond = max(0.0, self._usual_share - 1) * most
            return max(0.0, min(most, self._needed or most) + beyond - self._spent)
        whole = self._expected(self._now)
        if self._share >= TELLING or (whole is None and self._share > 0):
            return self._spent * (1 - self._share) / self._share
        return None if whole is None else max(0.0, whole - self._spent)

    def _expected(self, stage: Stage) -> float | None:
        """Return what a stage is expected to take, None as long as nothing tells it."""
        if stage.kind == "training" and (alone := self._steps_alone(stage)) is not None:
            return alone * self._beside
        return self._all_expected(kind_of(stage), 1, size_of(stage))

    def _all_expected(self, kind: str, count: int, size: float) -> float | None:
        """Return what stages of a kind are expected to take that come later.

        Args:
            kind: see :func:`kind_of`.
            count: how many there are.
            size: of all together; see :func:`size_of`.
        """
        if kind == "allowed":
            return size * self._usual_share
        if kind == "training" and self._steps.mean is not None:
            return size * self._steps.mean * self._beside
        each = self._usual(kind)
        return None if each is None else count * each

    def _usual(self, kind: str) -> float | None:
        """Return what a stage of a kind took so far."""
        if (took := self._seconds[kind].mean) is not None:
            return took
        now = self._now
        if now and now.kind == kind and self._share > 0:
            return self._spent / self._share
        return ONCE.get(kind)

    @property
    def _usual_share(self) -> float:
        """How much timings take of what the plan allows; the one in hand once it takes more."""
        total, count = self._shares.sum, self._shares.count
        if self._now and self._now.most and self._spent > self._now.most:
            total, count = total + self._spent / self._now.most, count + 1
        return total / count

    @property
    def _beside(self) -> float:
        """What trainings take over what their steps alone do: there are data and an evaluation."""
        spent, alone = self._trained
        stage = self._now
        if stage and stage.kind == "training" and self._share >= TELLING:
            spent, alone = (
                spent + self._spent,
                alone + self._share * (self._steps_alone(stage) or 0),
            )
        return spent / alone if alone else BESIDE

    def _steps_alone(self, stage: Stage) -> float | None:
        """Return what the steps of a training take, from its row or from all that are known."""
        if stage.row is None or self._steps.mean is None:
            return None
        if own := self._step_s.get(stage.key):
            return stage.steps * own.get(stage.row, 0.0)  # one that was not timed is not trained
        return stage.steps * self._steps.mean
