"""Doing first in a child what strangers may end the process by."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress

from rnnbench.system.guarding import state
from rnnbench.system.guarding.children import LONGEST, end, fork, wait
from rnnbench.system.guarding.guarded_calls import in_hand
from rnnbench.system.guarding.note import Note
from rnnbench.system.guarding.owner import owned, owner, really_exit
from rnnbench.system.processes.signals import SIGNALS, how_ended

#: Any call of strangers.
Act = Callable[[], object]


def rehearse(acts: Sequence[Act]) -> dict[int, str]:
    """Do in another process what strangers may end it by; nothing where the process isn't ours.

    Args:
        acts: calls of strangers, made in this order; what they raise counts as an end of theirs.

    Returns:
        By the number of an act that would end this process, or never come to its own end, how.
    """
    ends: dict[int, str] = {}
    begin = 0
    while owned() and begin < len(acts):
        at, how = _rehearsal(acts, begin)
        if how:
            ends[at] = how
        begin = at + 1
    return ends


def rehearse_once(acts: Sequence[Act]) -> list[str]:
    """Do the same in one other process alone; return how each ends it, empty where it does not.

    The first one that does is the last that is known.
    """
    if not acts or not owned():
        return []
    at, how = _rehearsal(acts, 0)
    return [""] * at + [how][: len(acts) - at]


def _rehearsal(acts: Sequence[Act], begin: int) -> tuple[int, str]:
    """Do acts in a child; return the number of the last one, and how it ended the child if so."""
    at, how = Note(), Note()
    at.write(str(begin))
    reader, writer = os.pipe()
    child = fork()
    if not child:
        _rehearse_here(acts, begin, at, how, writer)
    os.close(writer)
    try:
        status = wait(child, reader, at.read, LONGEST)
    finally:
        os.close(reader)
        end(child)
    last = int(at.read())
    if last == len(acts):
        return last, ""
    if status is None:
        return last, f"it does not end within {LONGEST:g} s"
    return last, how.read() or how_ended(os.waitstatus_to_exitcode(status))


def _rehearse_here(acts: Sequence[Act], begin: int, at: Note, how: Note, writer: int) -> None:
    """Do acts, writing down which one is next; never return."""
    try:
        os.setpgid(0, 0)
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        ours = owner()
        assert ours is not None
        ours.moved()
        before = state.limits()
        for number in range(begin, len(acts)):
            signal.alarm(math.ceil(LONGEST) + 5)  # whatever becomes of our parent
            with suppress(BaseException), in_hand(""):
                acts[number]()
            if state.limits() != before:
                how.write("it lowers what this process may use, for good")
                return
            at.write(str(number + 1))
        os.write(writer, b".")
    finally:
        really_exit(0)
