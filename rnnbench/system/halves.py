"""One piece of work in two processes, where it is long and there is a CPU for each."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

Item = TypeVar("Item")
Result = TypeVar("Result")
Other = TypeVar("Other")

#: With fewer items a second process costs more than it saves: to start it, and to hand over.
FEWEST = 500


def in_halves(
    work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item], kind: type[list[Result]]
) -> list[Result]:
    """Return what work makes of items; if they are many, a child does the second half.

    Args:
        work: makes a list of some of the items, which depends on nothing else and changes nothing.
        items: all of them.
        kind: of the lists, which are handed over as MessagePack.
    """
    if len(items) < FEWEST:
        return work(items)
    half = len(items) // 2
    first, second = both(lambda: work(items[:half]), lambda: work(items[half:]), kind)
    return [*first, *second]


def both(
    here: Callable[[], Result], there: Callable[[], Other], kind: type[Other]
) -> tuple[Result, Other]:
    """Return what two calls return, the second of which is made in a child meanwhile.

    It is made here where there can't be a child, and where that has come to no good end: what it
    raises, it raises here.

    Args:
        here: is called in this process.
        there: likewise in the child; it changes nothing and says nothing.
        kind: of what it returns, which is handed over as MessagePack.
    """
    if not may_fork():
        return here(), there()
    from rnnbench.system.guarding import children

    reader, writer = os.pipe()
    try:
        child = children.fork()
    except OSError:  # no more processes, or no memory for one
        os.close(reader)
        os.close(writer)
        return here(), there()
    if not child:
        _hand_over(there, writer)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as answer:
            first, written = here(), answer.read()
    finally:
        children.end(child)
    with suppress(msgspec.DecodeError):  # it was not written to its end
        return first, msgspec.msgpack.decode(written, type=kind)
    return first, there()


def may_fork() -> bool:
    """Return whether a child would have a CPU of its own, and no lock of another thread."""
    return (
        sys.platform == "linux"
        and threading.active_count() == 1
        and len(os.sched_getaffinity(0)) > 1
    )


def _hand_over(call: Callable[[], object], writer: int) -> None:
    """Write what a call returns; never return."""
    from rnnbench.system.guarding.owner import really_exit

    try:
        with os.fdopen(writer, "wb") as answer:
            answer.write(msgspec.msgpack.encode(call()))
    finally:
        really_exit(0)
