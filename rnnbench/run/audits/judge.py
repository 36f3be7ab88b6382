"""The judge of one round: who was wrong in it."""

from __future__ import annotations

from collections.abc import Mapping

from rnnbench.oracle.audit.differences import MARGIN, excuses, worst
from rnnbench.oracle.audit.path import Work
from rnnbench.oracle.parity import TOLERANCE, Parity
from rnnbench.run.audits.following import Follower
from rnnbench.run.audits.turns import AuditedRound
from rnnbench.run.audits.witnesses import Witnesses, rough
from rnnbench.run.rounds import TimedProcess
from rnnbench.schema.messages import Failed
from rnnbench.schema.types import LARGEST

#: How far each value may be, by the number of steps;
#: see :func:`rnnbench.oracle.audit.differences.excuses`.
Excused = dict[int, dict[str, float]]


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
                worst(self.others.from_median[k], self.dtype, excused.get(turn.steps)).error
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
        allowed = TOLERANCE[self.dtype]
        right, excused = self.oracle.computed("float64"), {}
        exact = {k: self.oracle.apart(turn.left, right, turn) for k, turn in self.found.numbered}
        found = {k: self.others.from_median[k] | exact[k] for k in exact}
        errors = {k: worst(each, self.dtype) for k, each in found.items()}
        if max(error for error, _ in errors.values()) > allowed:
            # Only now it matters what small errors grow to, which takes the same time again.
            off = self.oracle.computed(self.dtype, allowed / MARGIN)
            for k, turn in self.found.numbered:
                grown = excuses(self.oracle.apart(off.left_by(turn), right, turn))
                excused[turn.steps] = grown
                further = rough(found[k], grown, self.others.apart(k), self.dtype)
                errors[k] = worst(found[k], self.dtype, further | grown)
        for k, turn in self.found.numbered:
            whom = "the oracle" if errors[k].tensor in exact[k] else "the other rows"
            self._note(turn.process, errors[k], whom)
        return excused

    def _note(self, process: TimedProcess, found: Parity, whom: str) -> None:
        """Note the error of a process, which fails if that is above the tolerance."""
        if not found.tensor:  # nothing could be compared
            return
        allowed = TOLERANCE[self.dtype]
        process.audited = max(process.audited or found, found)
        if found.error > allowed and process.failure is None:
            process.failure = Failed(
                "mismatch",
                f"right in the check, by {process.checked.parity_error:.1e}, but wrong while it "
                f"was timed: in round {self.found.number} the {found.tensor} differs from {whom} "
                f"by {found.error:.1e}, allowed {allowed:.0e}",
                min(found.error, LARGEST),
            )
