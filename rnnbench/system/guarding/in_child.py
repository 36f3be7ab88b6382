"""Asking strangers in a child, so that none of them can end the program."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from rnnbench.errors import NoAnswer, PluginError
from rnnbench.system.guarding.children import LONGEST, end, fork, wait
from rnnbench.system.guarding.note import Note
from rnnbench.system.guarding.owner import owner, really_exit
from rnnbench.system.io.files import scratch_file
from rnnbench.system.processes.signals import how_ended

#: What a child writes when its call has returned, and when it has raised.
RETURNED, RAISED = b"1", b"0"
#: The exit code of a child that can't write it: a stranger has closed its files.
UNHEARD = os.EX_IOERR
#: Seconds that a child has after Ctrl-C.
PATIENCE = 1.0


def apart(call: Callable[[], bytes], longest: float = LONGEST) -> bytes | None:
    """Return what a call of strangers returns in a child of this process.

    Args:
        call: of strangers, perhaps of several one after the other.
        longest: seconds that one of them may take.

    Returns:
        None where it is to be made here: it raises, which is best seen here, what strangers print
        is to be shown, or the process isn't ours.

    Raises:
        NoAnswer: if a stranger does not come to an end; it names who was in hand.
        PluginError: if one has ended the child, likewise.
    """
    ours = owner()
    if ours is None or ours.debug or ours.depth:
        return None
    note = Note()
    with scratch_file() as answer:
        reader, writer = os.pipe()
        child = fork()
        if not child:
            ours.moved(note)
            _answer(call, answer)
        os.close(writer)
        try:
            status = wait(child, reader, note.read, longest)
        except KeyboardInterrupt:
            _interrupt(child)
            raise
        finally:
            os.close(reader)
            end(child)
        answer.seek(0)
        found = answer.read()
    if status is None:
        raise NoAnswer(f"{note.read() or 'a plugin'} does not answer within {longest:g} s")
    if found[:1] not in (RETURNED, RAISED):
        code = os.waitstatus_to_exitcode(status)
        how = "by closing its files" if code == UNHEARD else how_ended(code)
        raise PluginError(f"{note.read() or 'a plugin'} has ended the program: {how}")
    return found[1:] if found[:1] == RETURNED else None


def _interrupt(child: int) -> None:
    """Hand Ctrl-C on, and wait a little for what it has begun to be cleared away."""
    deadline = time.monotonic() + PATIENCE
    with suppress(OSError):
        os.kill(child, signal.SIGINT)
        while not os.waitpid(child, os.WNOHANG)[0] and time.monotonic() < deadline:
            time.sleep(0.01)


def _answer(call: Callable[[], bytes], answer: BinaryIO) -> None:
    """Write down what a call returns; never return."""
    code = UNHEARD
    try:
        os.setpgid(0, 0)
        try:
            found = RETURNED + call()
        except BaseException:
            found = RAISED
        if answer.write(found) != len(found):  # as where files may only be so large
            answer.truncate(0)
            answer.seek(0)
            answer.write(RAISED)
        code = 0
    finally:
        really_exit(code)
