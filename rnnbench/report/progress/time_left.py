"""An estimate of how long a run will still take, that neither stands still nor jumps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from statistics import fmean

from rnnbench.results.work_left import Part
from rnnbench.schema.row import Row

#: Seconds that stages take of which a run has but one.
ONCE = {"starting": 3.0, "checking": 3.0, "measuring": 3.0}
#: From this share of a stage on, the rest is taken to be as quick as what is done.
TELLING = 0.1
#: What a training takes over its steps alone, before one has been seen: rather too much.
BESIDE = 1.3
#: Seconds by which an estimate may be off without being corrected upwards.
FAR = 2.0


class TimeLeft:
    """Adds up what is left of a plan, and comes down to it smoothly.

    A timing takes what the plan allows it, or as long as its precision so far lets expect; a
    training takes as long as its steps did when they were timed, with what earlier ones took
    beside; another stage as long as those of its kind did on average.

    What is told falls by a second in a second where it equals the estimate, more slowly where that
    is larger, faster where it is smaller, so that both come to nothing together, however the
    estimate jumps. Only where the estimate is more than twice as long does it rise, a second in a
    second at most, rather than stand still.
    """

    def __init__(
        self, parts: Iterable[Part] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Expect some stages; see :meth:`expect`."""
        self._clock = clock
        self._started = clock()
        self._step_s: dict[tuple[str, Row], float] = {}
        self._seconds: dict[str, list[float]] = {}  # what stages took, by kind
        self._shares: list[float] = []  # of what the plan allows, those that timings took
        self._trained = [0.0, 0.0]  # what trainings took, and what their steps let expect
        self._told: float | None = None
        self._at = self._started
        self.expect(parts)

    def expect(self, parts: Iterable[Part]) -> None:
        """Take these stages for what is left."""
        self._left = list(parts)
        self._now: Part | None = None
        self._share = 0.0
        self._needed: float | None = None

    def begin(self, kind: str, key: str = "") -> None:
        """Note that a stage begins, and so that the one before has ended.

        Those that were expected before it are left out: a row that failed is not trained.
        """
        self._end()
        places = [k for k, p in enumerate(self._left) if (p.kind, p.key) == (kind, key)]
        self._now = self._left[places[0]] if places else Part(kind, key)
        self._left = self._left[places[0] + 1 :] if places else self._left
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
        self._step_s |= {(key, row): seconds for row, seconds in step_s.items()}

    def seconds(self) -> float | None:
        """Return what is to be told, None as long as nothing tells it."""
        estimate = self._estimate()
        if estimate is None:
            return None
        now = self._clock()
        if self._told is None:
            self._told = estimate
        elif estimate > 2 * self._told + FAR:
            self._told += min(1.0, now - self._at)
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
        part = self._now
        if part is None:
            return
        if part.most is not None:
            self._shares.append(min(1.0, self._spent / part.most))
        elif part.kind == "training" and (alone := self._steps_alone(part)):
            self._trained[0] += self._spent
            self._trained[1] += alone
        else:
            self._seconds.setdefault(part.kind, []).append(self._spent)

    def _estimate(self) -> float | None:
        found = [self._rest(), *map(self._expected, self._left)]
        known = [seconds for seconds in found if seconds is not None]
        return sum(known) if len(known) == len(found) else None

    def _rest(self) -> float | None:
        """Return what is left of the present stage."""
        if self._now is None:
            return 0.0
        if self._now.most is not None:
            return max(0.0, min(self._now.most, self._needed or self._now.most) - self._spent)
        whole = self._expected(self._now)
        if self._share >= TELLING or (whole is None and self._share > 0):
            return self._spent * (1 - self._share) / self._share
        return None if whole is None else max(0.0, whole - self._spent)

    def _expected(self, part: Part) -> float | None:
        """Return what a stage is expected to take, None as long as nothing tells it."""
        if part.most is not None:  # as if one had taken all that the plan allows
            return part.most * fmean([1.0, *self._shares])
        if part.kind == "training" and (alone := self._steps_alone(part)) is not None:
            return alone * self._beside
        if took := self._seconds.get(part.kind):
            return fmean(took)
        now = self._now
        if now and now.kind == part.kind and self._share > 0:
            return self._spent / self._share
        return ONCE.get(part.kind)

    @property
    def _beside(self) -> float:
        """What trainings take over what their steps alone do: there are data and an evaluation."""
        spent, alone = self._trained
        part = self._now
        if part and part.kind == "training" and self._share >= TELLING:
            spent, alone = spent + self._spent, alone + self._share * (self._steps_alone(part) or 0)
        return spent / alone if alone else BESIDE

    def _steps_alone(self, part: Part) -> float | None:
        """Return what the steps of a training take, from its row or from all that are known."""
        if part.row is None or not self._step_s:
            return None
        if own := self._step_s.get((part.key, part.row)):
            return part.steps * own
        if any(key == part.key for key, _ in self._step_s):  # it was not timed, so it will not be
            return 0.0
        return part.steps * fmean(self._step_s.values())
