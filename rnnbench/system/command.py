"""The command that made a run: the command line, or what is the same of a call in Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

#: What a call in Python stands for, None for the command line of this process.
_GIVEN: ContextVar[Sequence[str] | None] = ContextVar("command", default=None)


def command() -> list[str]:
    """Return the words of the command in hand."""
    given = _GIVEN.get()
    return ["rnnbench", *(sys.argv[1:] if given is None else given)]


@contextmanager
def standing_for(words: Sequence[str]) -> Iterator[None]:
    """Have a ``with`` block stand for a command of these words, after ``rnnbench``."""
    token = _GIVEN.set(words)
    try:
        yield
    finally:
        _GIVEN.reset(token)
