"""Whose process this is, and what is known of the strangers in it."""

from __future__ import annotations

import _thread
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rnnbench.system.guarding.note import Note
from rnnbench.system.io.streams import say
from rnnbench.text import readable

really_exit = os._exit


class Owner:
    """What is kept of this process while it is ours.

    Attributes:
        debug: whether what strangers print is shown.
        pid: of this process; a stranger may fork, and its child come here as well.
        depth: how many strangers are in hand, one within the other.
        interrupted: whether the user has asked to end while a stranger was in hand.
        seen: who has been in hand.
        built_in: the built-in names, as they were before the first of those that are in hand.
        named: who is in hand, and what for.
        note: the same for whoever outlives this process; None where nobody does.
        warns: whether the user is told of what can't be put back.
        is_over: whether nothing can go on; who was in hand stays named then.
        is_child: whether this is but a child, to which the user's Ctrl-C does not come.
    """

    def __init__(self, debug: bool) -> None:
        self.debug = debug
        self.pid = os.getpid()
        self.depth = 0
        self.interrupted = False
        self.seen: list[str] = []
        self.built_in: dict[str, Any] = {}
        self.named = ""
        self.note: Note | None = None
        self.warns = True
        self.is_over = False
        self.is_child = False

    def moved(self, note: Note | None = None) -> None:
        """Go on in a child of the process: quietly, and with a note that its parent reads."""
        self.pid, self.debug, self.note, self.warns = os.getpid(), False, note, False
        self.is_child, self.depth = True, 0

    def name(self, line: str) -> str:
        """Say who is in hand now; return who was before."""
        before = self.named
        if self.is_over:
            return before
        self.named = line
        if self.note:
            self.note.write(line)
        return before

    def warn(self, line: str) -> None:
        """Tell the user something, unless this is but a child of the process."""
        if self.warns:
            say(readable(line))


_owner: Owner | None = None


def owner() -> Owner | None:
    """Return what is kept of this process, None where it isn't ours."""
    return _owner


@contextmanager
def process_is_ours(debug: bool = False) -> Iterator[list[str]]:
    """Have strangers kept off this process within a ``with`` block.

    Meanwhile ``os._exit`` raises ``SystemExit``, also in a thread that a stranger has left behind,
    and ``_thread.interrupt_main`` a ``KeyboardInterrupt``, which is not the user's.

    Args:
        debug: show what they print, on stderr, when they are through.

    Yields:
        Who has been in hand, which grows.
    """
    global _owner
    before, _owner, leave, interrupt = _owner, Owner(debug), os._exit, _thread.interrupt_main
    os._exit, _thread.interrupt_main = _refuse(_owner), _interrupt
    try:
        yield _owner.seen
    finally:
        _owner = before
        os._exit, _thread.interrupt_main = leave, interrupt


def _interrupt(number: int = 0) -> None:
    raise KeyboardInterrupt


def _refuse(found: Owner) -> Any:
    """Return what stands for ``os._exit``: it raises, but in a child of a stranger's."""

    def refuse(status: int = 0) -> None:
        if os.getpid() != found.pid:
            really_exit(status)
        raise SystemExit(f"os._exit({status})")

    return refuse


def is_interruption(error: BaseException) -> bool:
    """Return whether an error is the user's Ctrl-C, and not raised by a stranger in its place."""
    if not issubclass(type(error), KeyboardInterrupt):  # a stranger's __class__ may raise
        return False
    return _owner is None or (_owner.interrupted and not _owner.is_child)


def owned() -> bool:
    """Return whether this process is the command line's own."""
    return _owner is not None


def keep_threads_from_exiting() -> None:
    """Have ``os._exit`` end no more than its thread, but in the main one and in children."""
    pid = os.getpid()

    def leave(status: int = 0) -> None:
        if os.getpid() == pid and threading.current_thread() is not threading.main_thread():
            raise SystemExit(f"os._exit({status})")
        really_exit(status)

    os._exit = leave  # type: ignore[assignment]  # typed as one that never returns
