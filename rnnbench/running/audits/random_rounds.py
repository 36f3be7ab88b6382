"""Which rounds are audited, drawn when they are over, and what was asked of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rnnbench.oracle.parity import Parity
from rnnbench.plan.comparisons.build import Built
from rnnbench.running.audits import short_blocks
from rnnbench.running.audits.following import work_of
from rnnbench.running.audits.in_child import judged
from rnnbench.running.audits.schedule import judge_rounds
from rnnbench.running.audits.turns import AuditedRound, AuditedTurn, left_by
from rnnbench.running.timing.rounds import TimedProcess
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.timing import Audit
from rnnbench.system.guarding.children import LONGEST

#: One round of so many is audited, drawn for each when it is over; the last one always is.
ONE_IN = 4
#: The mark of a child of no run.
MARK = "audit.0"


class Verdict(NamedTuple):
    """What the judge has found of a process; see :class:`TimedProcess`."""

    failure: Failed | None
    audited: Parity | None
    followed: bool
    reached: int

    @classmethod
    def on(cls, process: TimedProcess) -> Verdict:
        """Return what stands in a process."""
        return cls(process.failure, process.audited, process.followed, process.reached)

    def note(self, process: TimedProcess) -> None:
        """Let it stand in a process."""
        process.failure, process.audited = process.failure or self.failure, self.audited
        process.followed, process.reached = self.followed, self.reached


class Audits:
    """The audits of one comparison.

    What is drawn here is in no record and comes from no seed, so that nobody can know it before.
    """

    def __init__(
        self, processes: Sequence[TimedProcess], longest: float = LONGEST, mark: str = MARK
    ) -> None:
        """Draw nothing yet.

        Args:
            processes: those that are timed.
            longest: seconds that the oracle may take, beside those of the timing.
            mark: of the child in which it computes; see :mod:`rnnbench.system.processes.marks`.
        """
        self.processes, self.longest, self.mark = processes, longest, mark
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
            if process.failure or process.asked is None or process.own:
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

        Where the task or the cell raises or ends meanwhile, all fail: nothing would be proved.

        Args:
            build: makes what is computed.
            comparison: likewise.
            seed: of the batches.
            max_time: seconds of the timing.
        """
        for process in self.processes:
            process.failure = process.failure or process.claims.judged()
        rounds = [each for each in self.rounds if each.turns]
        if not rounds:
            return

        def verdicts() -> list[Verdict]:
            judge_rounds(
                work_of(build(), comparison, seed, rounds), rounds, self.processes, max_time
            )
            return [Verdict.on(process) for process in self.processes]

        found = judged(verdicts, list[Verdict], comparison, self.longest + max_time, self.mark)
        for number, process in enumerate(self.processes):
            if isinstance(found, Failed):
                process.failure = process.failure or found
            else:
                found[number].note(process)
                process.failure = process.failure or short_blocks.judged(process)
