"""Which of the audited rounds are judged, and for how long the oracle may follow them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rnnbench.oracle.audit.path import Work
from rnnbench.oracle.parity import TOLERANCE
from rnnbench.running.audits.judge import Excused, Judge
from rnnbench.running.audits.turns import AuditedRound
from rnnbench.running.timing.rounds import TimedProcess

#: The oracle follows one round, and more in so large a share of the time of a comparison; where
#: there are no rows of another backend to hold the rest against, in so many seconds at least.
SHARE, LEAST = 0.05, 2.0
#: And so many times as long while rows that have not failed differ in rounds that are left, by more
#: than errors have grown in those that were followed.
LONGER = 3


def judge_rounds(
    work: Work, rounds: Sequence[AuditedRound], processes: Sequence[TimedProcess], max_time: float
) -> None:
    """Judge the rounds in which rows differ most, at least one, as many as time allows.

    Rows that have failed in one round don't count in the next.

    Args:
        work: what was computed.
        rounds: those that were audited, in their order.
        processes: of all rows.
        max_time: seconds of the timing.
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
            allowed = SHARE * max_time if have_witnesses(processes) else seconds
        if done and (done + 1) / done * (time.monotonic() - begun) > allowed:
            return
        judges.remove(next_one)
        excused |= next_one.convict()
        done += 1


def have_witnesses(processes: Sequence[TimedProcess]) -> bool:
    """Return whether rows that agree are of several backends, as variants of one may share."""
    return len({one.row.backend for one in processes if one.failure is None}) > 1
