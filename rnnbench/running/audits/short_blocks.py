"""A short block must not take longer per step than a long one, which would leave steps out."""

from __future__ import annotations

import secrets
import statistics

from msgspec.structs import replace

from rnnbench.running.timing.rounds import TimedProcess
from rnnbench.schema.messages.message import Failed

#: How many times as long as in a whole block a step may take in a short one, the best of so many.
SLOWER, TRIES = 3.0, 5
#: Steps of a short block, at least: what a block takes to begin and end weighs more in fewer.
FEWEST = 4


def judged(process: TimedProcess) -> Failed | None:
    """Return why the steps of a process that an audit does not reach can't have been made.

    Where it makes far more steps in a block than the oracle can follow, and the other rows make, a
    program could be right as far as that and do nothing from there on. It would then take longer
    for each step of a block that ends there.
    """
    reached, turn = process.reached - 1, process.asked  # without the step before the block
    if turn is None or not FEWEST <= reached < turn.steps:
        return None
    usual = statistics.median(turned.steps.seconds for turned in process.turns)
    short: list[float] = []
    whole: list[float] = []
    for _ in range(TRIES):
        for steps, times in ((reached, short), (turn.steps, whole)):  # both, if others disturb now
            reply = process.take_turn(replace(turn, steps=steps, draw=secrets.randbits(31)))
            if isinstance(reply, Failed):
                return reply
            times.append(reply.steps.seconds)
            if min(short) <= SLOWER * max(usual, min(whole, default=0.0)):
                return None
    return Failed(
        "failed",
        f"a step takes {1e3 * usual:.2g} ms in blocks of {turn.steps}, and "
        f"{1e3 * min(short):.2g} ms in blocks of {reached}, as many as were held against others: "
        "the rest is not done",
    )
