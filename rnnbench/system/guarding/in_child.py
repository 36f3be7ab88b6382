"""Asking strangers in a child, so that none of them can end the program."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from rnnbench.errors import NoAnswer, PluginError
from rnnbench.system.guarding.children import LONGEST, end, fork, wait
from rnnbench.system.guarding.note import Note
from rnnbench.system.guarding.owner import owner, really_exit
from rnnbench.system.processes.signals import how_ended

Found = TypeVar("Found")

#: What a child says first when its call has returned, and when it has raised.
RETURNED, RAISED = b"1", b"0"
#: The exit code of a child that can't say it: a stranger has closed its files.
UNHEARD = os.EX_IOERR
#: Bytes of an answer, at most.
LARGEST = 1 << 28
#: Seconds that a child has after Ctrl-C.
PATIENCE = 1.0


def apart(
    call: Callable[[], bytes],
    longest: float = LONGEST,
    once: bool = False,
    prepare: Callable[[], object] = lambda: None,
) -> bytes | None:
    """Return what a call of strangers returns in a child of this process.

    Args:
        call: of strangers, perhaps of several one after the other.
        longest: seconds that one of them may take.
        once: whether it is never made here if this process is ours, whatever becomes of it there.
        prepare: is called in the child before it.

    Returns:
        None where it is to be made here: it raises, which is best seen here, what strangers print
        is to be shown, or the process isn't ours.

    Raises:
        NoAnswer: if a stranger does not come to an end; it names who was in hand.
        PluginError: if one has ended the child, likewise.
    """
    ours = owner()
    if ours is None or ((ours.debug or ours.depth) and not once):
        return None
    note, heard = Note(), Heard()
    reader, writer = os.pipe()
    child = fork()
    if not child:
        ours.moved(note)
        _answer(call, writer, prepare)
    os.close(writer)
    try:
        status = wait(child, reader, note.read, longest, heard.hear)
    except KeyboardInterrupt:
        _interrupt(child)
        raise
    finally:
        os.close(reader)
        end(child)
    found = b"".join(heard.pieces)
    if status is None:
        raise NoAnswer(f"{who(note)} does not answer within {longest:g} s")
    if found[:1] not in (RETURNED, RAISED):
        code = os.waitstatus_to_exitcode(status)
        how = "by closing its files" if code == UNHEARD else how_ended(code)
        raise PluginError(f"{who(note)} has ended the program: {how}")
    if found[:1] == RAISED and once:
        raise PluginError(f"{who(note)} gives no answer that can be told")
    return found[1:] if found[:1] == RETURNED else None


def computed(call: Callable[[], Found], kind: type[Found], longest: float = LONGEST) -> Found:
    """Return what a call of strangers returns in a child, or here; see :func:`apart`.

    Args:
        call: of strangers.
        kind: of what it returns, which is handed over as MessagePack.
        longest: seconds that one of them may take.

    Raises:
        PluginError: see :func:`apart`; and what the call raises. Or if somebody has written into
            the answer.
    """
    import msgspec  # some milliseconds, which commands without strangers do without

    found = apart(lambda: msgspec.msgpack.encode(call()), longest)
    try:
        return call() if found is None else msgspec.msgpack.decode(found, type=kind)
    except msgspec.DecodeError as error:
        raise PluginError(f"a plugin has spoilt what the program has computed: {error}") from error


class Heard:
    """What a child has said; beyond :data:`LARGEST` bytes it is heard no longer."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._size = 0

    def hear(self, piece: bytes) -> None:
        """Keep a piece, unless there is too much already."""
        self._size += len(piece)
        if self._size <= LARGEST:
            self.pieces.append(piece)


def who(note: Note) -> str:
    """Return who was in hand last, as far as that is known."""
    return note.read() or "a plugin"


def _interrupt(child: int) -> None:
    """Hand Ctrl-C on, and wait a little for what it has begun to be cleared away."""
    deadline = time.monotonic() + PATIENCE
    with suppress(OSError):
        os.kill(child, signal.SIGINT)
        while not os.waitpid(child, os.WNOHANG)[0] and time.monotonic() < deadline:
            time.sleep(0.01)


def _answer(call: Callable[[], bytes], writer: int, prepare: Callable[[], object]) -> None:
    """Say what a call returns; never return."""
    code = UNHEARD
    try:
        os.setpgid(0, 0)
        prepare()
        try:
            found = RETURNED + call()
        except BaseException:
            found = RAISED
        with os.fdopen(writer, "wb") as said:
            said.write(found)
        code = 0
    finally:
        really_exit(code)
