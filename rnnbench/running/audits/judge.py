"""The judge of one round: who was wrong in it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rnnbench.oracle.audit.block import LOSS, UPDATE
from rnnbench.oracle.audit.differences import MARGIN, excuses, larger, widened, worst
from rnnbench.oracle.audit.path import Work
from rnnbench.oracle.parity import TOLERANCE, Parity
from rnnbench.oracle.perturbed import set_off
from rnnbench.running.audits.following import Computed, Follower
from rnnbench.running.audits.turns import AuditedRound
from rnnbench.running.audits.witnesses import Witnesses, rough
from rnnbench.running.timing.rounds import TimedProcess
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.types import LARGEST

#: How far each value may be, by the number of steps;
#: see :func:`rnnbench.oracle.audit.differences.excuses`.
Excused = dict[int, dict[str, float]]
#: Paths of the oracle that are set off, one after the other while a row is above the tolerance: no
#: two are equally far, and units of a ReLU flip at other places in each.
PATHS = 4
#: How many times the tolerance an error may still be after a path: honest ones were up to 80.
HOPELESS = 1000.0


class Judge:
    """Holds the turns of one round against what they should have left behind."""

    def __init__(self, work: Work, found: AuditedRound, seconds: float) -> None:
        """Compute nothing yet.

        Args:
            work: what the turns have computed.
            found: the turns.
            seconds: that a training of the oracle may take.
        """
        self.dtype, self.found = work.dtype, found
        self.oracle = Follower(work, found, seconds)
        self.others = Witnesses(found, self.oracle.before)

    def disagreement(self, excused: Mapping[int, Mapping[str, float]]) -> float:
        """Return the largest difference from the median of all, of a row that has not failed.

        Args:
            excused: what is known of other rounds; errors grow alike in all.
        """
        return max(
            (
                worst(
                    self.others.from_median[k],
                    self.dtype,
                    widened(excused.get(turn.steps, {}), self.dtype),
                ).error
                for k, turn in self.found.numbered
                if not turn.failed
            ),
            default=0.0,
        )

    def convict(self) -> Excused:
        """Fail the processes that were wrong in this round; note the errors of the others.

        Returns:
            By how much small errors grow, where that had to be found out.
        """
        right = self.oracle.computed("float64")
        exact = {k: self.oracle.apart(turn.left, right, turn) for k, turn in self.found.numbered}
        found = {k: self.others.from_median[k] | exact[k] for k in exact}
        allowed: dict[int, Mapping[str, float]] = {k: {} for k in exact}
        errors = {k: worst(each, self.dtype) for k, each in found.items()}
        excused: Excused = {}
        for draw in range(PATHS):
            # Only now it matters what small errors grow to; each path takes the same time again.
            if not self._wrong(errors, HOPELESS if draw else math.inf):
                break
            excused = self._excused(right, draw, excused)
            for k, turn in self.found.numbered:
                allowed[k] = self._allowed(k, found[k], excused[turn.steps])
                errors[k] = worst(found[k], self.dtype, allowed[k])
        for k, turn in self.found.numbered:
            whom = "the oracle" if errors[k].tensor in exact[k] else "the other rows"
            self._note(turn.process, errors[k], whom)
            turn.process.followed |= told(found[k], allowed[k])
            turn.process.reached = max(turn.process.reached, reached(found[k], allowed[k]))
        return excused

    def _wrong(self, errors: Mapping[int, Parity], hopeless: float) -> bool:
        """Return whether a row that has not failed is above the tolerance, by fewer times."""
        return any(
            1 < errors[k].error / TOLERANCE[self.dtype] <= hopeless
            for k, turn in self.found.numbered
            if not turn.failed
        )

    def _excused(self, right: Computed, draw: int, known: Excused) -> Excused:
        """Return how far each value may be, by one more path of the oracle set off."""
        off = self.oracle.computed(
            self.dtype, set_off(self.dtype, TOLERANCE[self.dtype] / MARGIN, draw)
        )
        return {
            turn.steps: larger(
                known.get(turn.steps, {}),
                excuses(self.oracle.apart(off.left_by(turn), right, turn)),
            )
            for turn in self.found.turns
        }

    def _allowed(
        self, number: int, found: Mapping[str, float], grown: Mapping[str, float]
    ) -> dict[str, float]:
        """Return the excuses of a turn: of the oracle, and what that has not reached."""
        return rough(found, grown, self.others.apart(number)) | widened(grown, self.dtype)

    def _note(self, process: TimedProcess, found: Parity, whom: str) -> None:
        """Note the error of a process, which fails if that is above the tolerance."""
        if not found.tensor:  # nothing could be compared
            return
        allowed = TOLERANCE[self.dtype]
        process.audited = max(process.audited or found, found)
        if found.error > allowed and process.failure is None:
            process.failure = Failed(
                "mismatch",
                f"right in the check, by {process.checked.parity_error or 0:.1e}, but wrong while "
                f"it was timed: in round {self.found.number} the {found.tensor} differs from "
                f"{whom} by {found.error:.1e}, allowed {allowed:.0e}",
                min(found.error, LARGEST),
            )


def told(found: Mapping[str, float], allowed: Mapping[str, float]) -> bool:
    """Return whether anything that training leaves behind could be judged: not all is excused."""
    training = [name for name in found if name.startswith((LOSS, UPDATE))]
    return any(math.isfinite(allowed.get(name, 0.0)) for name in training)


def reached(found: Mapping[str, float], allowed: Mapping[str, float]) -> int:
    """Return the last step of a turn, from 1, whose loss could be judged; 0 if none was."""
    return max(
        (
            int(name.removeprefix(LOSS))
            for name in found
            if name.startswith(LOSS) and math.isfinite(allowed.get(name, 0.0))
        ),
        default=0,
    )
