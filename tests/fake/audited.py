"""Processes that are programs in this one, and tell an audit what a turn has left behind."""

from msgspec.structs import replace
from specimens import CHECKED, COMPARISON, PREPARED

from rnnbench.oracle.audit import block, path
from rnnbench.oracle.backend import NumpyProgram
from rnnbench.running.audits import following
from rnnbench.running.audits.random_rounds import Audits
from rnnbench.running.audits.turns import AuditedRound, AuditedTurn
from rnnbench.running.timing.rounds import TimedProcess
from rnnbench.schema.messages.timing import Audited, Turn, Turned
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample

STEPS, DRAW = 4, 11


def turn(steps=STEPS):
    """Return a turn of which only what was asked counts."""
    return AuditedTurn(None, Turn(steps, 2, DRAW), None)


def work(built, steps=STEPS):
    """Return what a turn of so many steps computes."""
    return following.work_of(built, COMPARISON, 0, [AuditedRound(1, 0, [turn(steps)])])


def begin(built):
    """Return what it starts from."""
    return block.drawn_start(built.model, COMPARISON.batch, DRAW, "float32")


def right(built, entries, steps=STEPS, make=NumpyProgram):
    """Return what a turn leaves behind, by the oracle in float32, or by another program."""
    what, start = work(built, steps), begin(built)
    followed = path.trajectory(what, start, {steps + 1}, entries, "float32", 60, make)
    outputs = path.outputs_of(what, start, block.kept_forward(DRAW, 2), entries, "float32")
    params = {name: list(map(float, array)) for name, array in followed.params[steps + 1].items()}
    return Audited(followed.losses, params, list(map(float, outputs)), 0.0)


def turned(steps, seconds=1e-3):
    """Return the timings of a turn, each step of which took so long."""
    other = Sample(calls=1, wall_ns=1, cpu_ns=0, switches=0)
    each = replace(other, calls=steps, wall_ns=int(1e9 * steps * seconds))
    return Turned(other, each, other, other)


def process(
    name, built, change=lambda audited: audited, steps=STEPS, backend="fake", make=NumpyProgram
):
    """Return a process that has taken a turn, and tells what ``change`` makes of it."""
    made = TimedProcess(
        Row(backend, name),
        CHECKED,
        PREPARED,
        lambda turn: turned(turn.steps),
        audit=lambda request: change(right(built, request.entries, steps, make)),
    )
    made.asked = Turn(steps, 2, DRAW)
    made.claims.heard = lambda *_: None
    made.turns = [turned(steps)]
    return made


def constant(audited):
    """Return what tells of the first loss in every step."""
    return replace(audited, losses=[audited.losses[0]] * len(audited.losses))


def judged(built, *processes, rounds=1):
    """Audit each of so many rounds and judge them."""
    found = Audits(processes)
    for number in range(1, rounds + 1):
        found.collect(number)
    found.judge(lambda: built, COMPARISON, 0, 10.0)
    return found
