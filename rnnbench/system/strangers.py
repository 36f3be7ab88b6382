"""Code of strangers in this process: kept off our streams, and named if it ends the program.

A plugin is imported and asked within the process of a command. It may print where JSON is to come,
change what the process has, or end it. Only the command line owns its process, and says so by
:func:`process_is_ours`; elsewhere, in a notebook or in a worker, nothing here changes anything.
"""

from __future__ import annotations

import mmap
import os
import selectors
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any, BinaryIO

from rnnbench.system.processes.signals import SIGNALS
from rnnbench.text import cut, plain, plain_lines

#: Seconds in which what is rehearsed must come to its end.
LONGEST = 60
#: Bytes of what strangers have printed that ``--debug`` shows, of the end.
SHOWN = 1 << 16
#: Bytes of the note on who is in hand, shared with whoever outlives this process.
NOTE = 1024

_exit = os._exit


class _Owner:
    """What is kept of this process while it is ours.

    Attributes:
        debug: whether what strangers print is shown.
        pid: of this process; a stranger may fork, and its child come here as well.
        depth: how many of :func:`in_hand` are entered.
        interrupted: whether the user has asked to end while a stranger was in hand.
        note: who is in hand, for a witness; None without one.
    """

    def __init__(self, debug: bool) -> None:
        self.debug = debug
        self.pid = os.getpid()
        self.depth = 0
        self.interrupted = False
        self.note: mmap.mmap | None = None


_owner: _Owner | None = None


@contextmanager
def process_is_ours(debug: bool = False) -> Iterator[None]:
    """Have strangers kept off this process within a ``with`` block.

    Args:
        debug: show what they print, on stderr, when they are through.
    """
    global _owner
    before, _owner = _owner, _Owner(debug)
    try:
        yield
    finally:
        _owner = before


@contextmanager
def in_hand(who: str) -> Iterator[None]:
    """Call strangers within a ``with`` block.

    What they print is set aside, nobody is asked on stdin, ``os._exit`` raises ``SystemExit``, and
    afterwards streams, signal handlers and the current folder are as they were.

    Args:
        who: is named if they end the program.
    """
    owner = _owner
    if owner is None:
        yield
        return
    owner.depth += 1
    before = _write_note(owner.note, who)
    try:
        if owner.depth > 1:
            yield
        else:
            with _kept(owner):
                yield
    finally:
        owner.depth -= 1
        _write_note(owner.note, before)


@contextmanager
def witnessed() -> Iterator[None]:
    """Have another process say who was in hand if this one ends within a ``with`` block."""
    owner = _owner
    if owner is None or owner.note is not None:
        yield
        return
    owner.note = mmap.mmap(-1, NOTE)
    reader, writer = os.pipe()
    witness = _fork()
    if not witness:
        os.close(writer)
        _testify(reader, owner.note)
    os.close(reader)
    try:
        yield
    finally:
        owner.note = None
        with suppress(OSError):  # a stranger may have ended the one or closed the other
            os.kill(witness, signal.SIGKILL)
            os.waitpid(witness, 0)
        with suppress(OSError):
            os.close(writer)


def is_interruption(error: BaseException) -> bool:
    """Return whether an error is the user's Ctrl-C, and not raised by a stranger in its place."""
    return isinstance(error, KeyboardInterrupt) and (_owner is None or _owner.interrupted)


def rehearse(acts: Sequence[Callable[[], object]]) -> dict[int, str]:
    """Do in another process what strangers may end it by; nothing where the process isn't ours.

    Args:
        acts: calls of strangers, made in this order; what they raise counts as an end of theirs.

    Returns:
        By the number of an act that would end this process, or never come to its own end, how.
    """
    ends: dict[int, str] = {}
    begin = 0
    while _owner is not None and begin < len(acts):
        at, how = _rehearsal(acts, begin)
        if how:
            ends[at] = how
        begin = at + 1
    return ends


def how_ended(status: int) -> str:
    """Return how a process has ended, by what ``waitpid`` says."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:  # a number without a name
        return f"by signal {-code}"


def _rehearsal(acts: Sequence[Callable[[], object]], begin: int) -> tuple[int, str]:
    """Do acts in a child; return the number of the last one, and how it ended the child if so."""
    with mmap.mmap(-1, 8) as note:
        note[:] = begin.to_bytes(8, "little")
        reader, writer = os.pipe()
        child = _fork()
        if not child:
            _rehearse_here(acts, begin, note, writer)
        os.close(writer)
        try:
            status = _wait(child, reader, note)
        finally:
            os.close(reader)
            for end in (os.kill, os.killpg):  # and what it has started in its group
                with suppress(ProcessLookupError, PermissionError):
                    end(child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
        at = int.from_bytes(note[:], "little")
    if at == len(acts):
        return at, ""
    return at, f"it does not end within {LONGEST} s" if status is None else how_ended(status)


def _rehearse_here(
    acts: Sequence[Callable[[], object]], begin: int, note: mmap.mmap, writer: int
) -> None:
    """Do acts, writing down which one is next; never return."""
    try:
        os.setpgid(0, 0)
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        assert _owner is not None
        _owner.pid, _owner.debug = os.getpid(), False
        for at in range(begin, len(acts)):
            signal.alarm(LONGEST + 5)  # whatever becomes of our parent
            with suppress(BaseException), in_hand(""):
                acts[at]()
            note[:] = (at + 1).to_bytes(8, "little")
        os.write(writer, b".")
    finally:
        _exit(0)


def _wait(child: int, reader: int, note: mmap.mmap) -> int | None:
    """Wait until a child has done all, or has ended; return how, None if it takes too long."""
    seen, deadline = note[:], time.monotonic() + LONGEST
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            selector.select(0.05)  # what the child has started may hold its end of the pipe
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
            if note[:] != seen:
                seen, deadline = note[:], time.monotonic() + LONGEST
    return None


def _testify(reader: int, note: mmap.mmap) -> None:
    """Wait for the end of the parent and say who was in hand; never return."""
    try:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        os.close(1)  # whoever reads our output needn't wait for us
        while os.read(reader, 1):
            pass
        if who := _read_note(note):
            os.write(2, f"rnnbench: {who} has ended the program\n".encode())
    finally:
        _exit(0)


def _fork() -> int:
    """Fork; threads that a stranger has started are not in the child, which needs none of them."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # else the child might write the same once more
            stream.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _read_note(note: mmap.mmap) -> str:
    return note[:].rstrip(b"\0").decode(errors="ignore")


def _write_note(note: mmap.mmap | None, who: str) -> str:
    """Write who is in hand; return who it was before."""
    if note is None:
        return ""
    before = _read_note(note)
    note[:] = cut(plain(who)).encode()[:NOTE].ljust(NOTE, b"\0")
    return before


@contextmanager
def _kept(owner: _Owner) -> Iterator[None]:
    """Keep the things of this process as they are, whatever happens within a ``with`` block."""
    owner.interrupted = False
    with ExitStack() as stack:
        stack.enter_context(_other_streams(owner))
        stack.enter_context(_same_folder())
        stack.enter_context(_same_handlers(owner))
        stack.enter_context(_no_exit(owner))
        yield
    if owner.interrupted:  # and whoever was in hand has gone on
        raise KeyboardInterrupt


@contextmanager
def _no_exit(owner: _Owner) -> Iterator[None]:
    """Have ``os._exit`` raise in this process; a child of a stranger's ends here at the latest."""

    def refuse(status: int = 0) -> None:
        if os.getpid() != owner.pid:
            _exit(status)
        raise SystemExit(f"os._exit({status})")

    os._exit = refuse  # type: ignore[assignment]
    try:
        yield
    finally:
        os._exit = _exit
        if os.getpid() != owner.pid:
            _exit(1)


@contextmanager
def _same_handlers(owner: _Owner) -> Iterator[None]:
    """Put back the handlers of signals, and note the user's Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no signal comes here
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def note(number: int, frame: FrameType | None) -> None:
        owner.interrupted = True
        handler = before[signal.SIGINT]
        if callable(handler):
            handler(number, frame)

    if callable(before[signal.SIGINT]):
        signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        for signal_number, handler in before.items():
            signal.signal(signal_number, handler)


@contextmanager
def _same_folder() -> Iterator[None]:
    """Return to the current folder."""
    try:
        folder = os.open(".", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # it is gone, or may not be read
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError):
            os.fchdir(folder)
            os.close(folder)


@contextmanager
def _other_streams(owner: _Owner) -> Iterator[None]:
    """Set aside what is printed, by whatever means, and give nothing to read."""
    objects = sys.stdin, sys.stdout, sys.stderr
    for stream in objects[1:]:
        with suppress(Exception):  # a closed one, or a full disk: our own output will tell
            stream.flush()
    with ExitStack() as stack:
        nowhere = stack.enter_context(open(os.devnull, "r+b", buffering=0))  # noqa: PTH123
        aside: Any = stack.enter_context(tempfile.TemporaryFile()) if owner.debug else nowhere
        saved = {number: _copy(number) for number in range(3)}
        for number, target in enumerate((nowhere, aside, aside)):
            os.dup2(target.fileno(), number, inheritable=True)
        sys.stdin = open(0, closefd=False, errors="replace")  # noqa: SIM115
        sys.stdout = sys.stderr = open(  # noqa: SIM115
            1, "w", buffering=1, closefd=False, encoding="utf-8", errors="backslashreplace"
        )
        try:
            yield
        finally:
            with suppress(Exception):
                sys.stdout.flush()
            sys.stdin, sys.stdout, sys.stderr = objects
            for number, copy in saved.items():
                _put_back(number, copy)
            if owner.debug and os.getpid() == owner.pid:
                _show(aside)


def _copy(number: int) -> int | None:
    """Return a copy of a descriptor, None if it is closed."""
    try:
        return os.dup(number)
    except OSError:
        return None


def _put_back(number: int, copy: int | None) -> None:
    with suppress(OSError):  # a stranger has closed all there were
        if copy is None:
            os.close(number)
        else:
            os.dup2(copy, number, inheritable=True)
            os.close(copy)


def _show(aside: BinaryIO) -> None:
    """Print the end of what strangers have printed."""
    size = os.fstat(aside.fileno()).st_size
    if size:
        text = os.pread(aside.fileno(), SHOWN, max(0, size - SHOWN)).decode(errors="replace")
        with suppress(OSError):
            sys.stderr.write(f"{plain_lines(text.rstrip())}\n")
