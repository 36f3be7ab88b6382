"""One piece of work in two processes, where it is long and there is a CPU for each."""

from __future__ import annotations

import os
import selectors
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO, TypeVar

import msgspec

from rnnbench.system.guarding.children import end, fork
from rnnbench.system.guarding.owner import really_exit

Item = TypeVar("Item")
Result = TypeVar("Result")
Other = TypeVar("Other")

#: With fewer items a second process costs more than it saves: to start it, and to hand over.
FEWEST = 500
#: A child is waited for so many times as long as the other half took, and so many seconds more.
TIMES, PATIENCE = 3.0, 10.0
#: So many bytes of what it says are read at once: the most that a pipe holds.
AT_ONCE = 1 << 20
#: Whether two processes are at work already, of which this is one.
_has_company = False


def in_halves(
    work: Callable[[Sequence[Item]], list[Result]],
    items: Sequence[Item],
    kind: type[list[Result]],
    besides: Callable[[], list[Result]] | None = None,
) -> list[Result]:
    """Return what work makes of items; if they are many, a child does half of all there is to do.

    Args:
        work: makes a list of some of the items, which depends on nothing else and changes nothing.
        items: all of them.
        kind: of the lists, which are handed over as MessagePack.
        besides: further work, of this process alone, half as long as that of all items; what it
            returns comes first.
    """

    def here(some: Sequence[Item]) -> list[Result]:
        return [*(besides() if besides else ()), *work(some)]

    if len(items) < FEWEST:
        return here(items)
    own = len(items) // (4 if besides else 2)
    first, second = both(lambda: here(items[:own]), lambda: work(items[own:]), kind)
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
    started = _start(there) if may_fork() else None
    if started is None:
        return here(), there()
    child, reader = started
    try:
        _accompanied(True)
        begin = time.monotonic()
        first = here()
        took = time.monotonic() - begin
        written = _answer(reader, PATIENCE + took * TIMES)
    finally:
        _accompanied(False)
        os.close(reader)
        end(child)
    with suppress(msgspec.DecodeError):  # it was not written to its end
        return first, msgspec.msgpack.decode(written, type=kind)
    return first, there()


def may_fork() -> bool:
    """Return whether a child would have a CPU of its own, and no lock of another thread."""
    return (
        sys.platform == "linux"
        and not _has_company
        and threading.active_count() == 1
        and len(os.sched_getaffinity(0)) > 1
    )


def _accompanied(is_so: bool) -> None:
    """Note whether two processes are at work."""
    global _has_company
    _has_company = is_so


def _start(call: Callable[[], object]) -> tuple[int, int] | None:
    """Start a child that writes what a call returns; return it and where to read that.

    None where there can be none: too many processes, no memory, no more files may be open.
    """
    import fcntl

    try:
        reader, writer = os.pipe()
    except OSError:
        return None
    with suppress(OSError):  # it is full less often, and told of so
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, AT_ONCE)
    with os.fdopen(writer, "wb") as answer:
        try:
            child = fork()
        except OSError:
            os.close(reader)
            return None
        if not child:
            _hand_over(call, answer)
    return child, reader


def _hand_over(call: Callable[[], object], answer: BinaryIO) -> None:
    """Write what a call returns; never return."""
    try:
        _accompanied(True)
        answer.write(msgspec.msgpack.encode(call()))
        answer.flush()
    finally:
        really_exit(0)


def _answer(reader: int, seconds: float) -> bytes:
    """Return what a child writes until it closes the pipe, or until so many seconds are over."""
    found, deadline = [], time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            if not (piece := os.read(reader, AT_ONCE)):
                break
            found.append(piece)
    return b"".join(found)
