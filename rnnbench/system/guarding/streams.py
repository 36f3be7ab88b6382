"""The standard streams while strangers are in hand: theirs, and not ours."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, BinaryIO, TextIO

from rnnbench.system.guarding.owner import Owner
from rnnbench.text import plain_lines

#: The names by which anybody finds them, in the order of their descriptors: now, and at the start.
NAMES = ("stdin", "stdout", "stderr"), ("__stdin__", "__stdout__", "__stderr__")
#: Bytes of what strangers have printed that ``--debug`` shows, of the end.
SHOWN = 1 << 16


@contextmanager
def other_streams(owner: Owner) -> Iterator[None]:
    """Set aside what is printed, by whatever means, and give nothing to read."""
    ours = {name: getattr(sys, name) for names in NAMES for name in names}
    for name in NAMES[0][1:]:
        with suppress(Exception):  # a closed one, or a full disk: our own output will tell
            ours[name].flush()
    with ExitStack() as stack:
        nowhere = stack.enter_context(open(os.devnull, "r+b", buffering=0))  # noqa: PTH123
        aside: Any = stack.enter_context(tempfile.TemporaryFile()) if owner.debug else nowhere
        saved = {number: _copy(number) for number in range(3)}  # before any is redirected
        for number, target in enumerate((nowhere, aside, aside)):
            os.dup2(target.fileno(), number, inheritable=True)
        theirs = (
            open(0, closefd=False, errors="replace"),  # noqa: SIM115
            *(_to_write(number) for number in (1, 2)),
        )
        for names in NAMES:  # else one could close ours, or leave a text in it for later
            for name, stream in zip(names, theirs, strict=True):
                setattr(sys, name, stream)
        try:
            yield
        finally:
            for stream in theirs[1:]:
                with suppress(Exception):
                    stream.flush()
            for name, stream in ours.items():
                setattr(sys, name, stream)
            for number, copy in saved.items():
                _put_back(number, copy)
            if owner.debug and os.getpid() == owner.pid:
                _show(aside)


def _to_write(number: int) -> TextIO:
    """Return a stream that writes to a descriptor, which outlives it, line by line."""
    return open(
        number, "w", buffering=1, closefd=False, encoding="utf-8", errors="backslashreplace"
    )


def _copy(number: int) -> int | None:
    """Return a copy of a descriptor, None if it is closed."""
    try:
        return os.dup(number)
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
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
