"""What a worker says of its turns, held against what was asked and the parent's own clock."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.timing import Audited, Turn, Turned
from rnnbench.schema.sample import Sample

#: A turn may take so many seconds, and so large a share of it, more than its samples say: messages,
#: counters, the wait for a CPU.
SLACK, SHARE = 0.02, 0.1
#: Turns, or audits, of which the median is judged. Of fewer it is the best: all of them must be
#: wrong, since one may have been held up, and that by so many times as much.
FEWEST, HELD_UP = 5, 5
#: What is left undone may be so many seconds and so large a share of what was timed.
LATE, LATE_SHARE = 0.005, 0.5


@dataclass
class Claims:
    """What one process says of its turns.

    Attributes:
        unclaimed: seconds that each turn took beyond what its samples say.
        took: seconds that each turn took.
        late: seconds of work that were left until an audit, and ``timed`` those of the steps.
        impossible: the first turn of which something is said that can't be true.
    """

    unclaimed: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    timed: list[float] = field(default_factory=list)
    impossible: Failed | None = None

    def take(
        self, turn: Turn, ask: Callable[[Callable[[Progress], bool]], Turned | Failed]
    ) -> Turned | Failed:
        """Have a turn taken, and note what is said of it beside what was asked and the clock.

        Args:
            turn: what is asked.
            ask: asks it, and calls what it is given when the timed part begins.
        """
        asked = time.perf_counter()
        begun = [asked]

        def begin(_: Progress) -> bool:
            begun.append(time.perf_counter())
            return len(begun) == 2

        reply = ask(begin)
        now = time.perf_counter()
        if isinstance(reply, Failed):
            return reply
        claimed = sum(sample.wall_ns for sample in samples(reply)) * 1e-9
        self.unclaimed.append(now - begun[-1] - claimed)
        self.took.append(now - begun[-1])
        self.impossible = self.impossible or contradiction(turn, reply, claimed, now - asked)
        return reply

    def heard(self, turned: Turned, audited: Audited) -> None:
        """Note how much work was left until an audit."""
        self.late.append(audited.late_s)
        self.timed.append((turned.steps.wall_ns + turned.first_step.wall_ns) * 1e-9)

    def judged(self) -> Failed | None:
        """Return what can't be true of one turn, or of the usual one."""
        return self.impossible or self._judged_clock() or self._judged_late()

    def _judged_clock(self) -> Failed | None:
        took, unclaimed = usual(self.took), usual(self.unclaimed)
        if unclaimed <= patience(self.took) * (SLACK + SHARE * took):
            return None
        return Failed(
            "failed",
            f"its clock is not ours: a turn takes {1e3 * took:.3g} ms here, and its samples say "
            f"{1e3 * (took - unclaimed):.3g} ms",
        )

    def _judged_late(self) -> Failed | None:
        late, timed = usual(self.late), usual(self.timed)
        if late <= patience(self.late) * (LATE + LATE_SHARE * timed):
            return None
        return Failed(
            "failed",
            f"the work is not done when wait() returns: {1e3 * timed:.3g} ms were timed, and what "
            f"they should leave behind takes {1e3 * late:.3g} ms more",
        )


def usual(seconds: Sequence[float]) -> float:
    """Return the median, of fewer than :data:`FEWEST` the least, 0 of none."""
    if len(seconds) < FEWEST:
        return min(seconds, default=0.0)
    return statistics.median(seconds)


def patience(seconds: Sequence[float]) -> int:
    """Return how many times the tolerance :func:`usual` may be: few may all have been held up."""
    return 1 if len(seconds) >= FEWEST else HELD_UP


def samples(turned: Turned) -> tuple[Sample, ...]:
    """Return all samples of a turn."""
    return turned.first_step, turned.steps, turned.first_forward, turned.forwards


def contradiction(turn: Turn, said: Turned, claimed: float, took: float) -> Failed | None:
    """Return what can't be true of a turn, None if all can.

    Args:
        turn: what was asked.
        said: what is said to have been done.
        claimed: seconds that it is said to have taken.
        took: seconds from the request to the reply.
    """
    made = tuple(sample.calls for sample in samples(said))
    if made != (1, turn.steps, 1, turn.forwards):
        return Failed(
            "failed",
            f"it was asked for {turn.steps} steps and {turn.forwards} forward passes after one of "
            f"each, and says that it made {made[1]} and {made[3]} after {made[0]} and {made[2]}",
        )
    if claimed > 1.01 * took + 0.001:
        return Failed(
            "failed",
            f"it says that a turn took {1e3 * claimed:.3g} ms, which was over after "
            f"{1e3 * took:.3g} ms",
        )
    return None
