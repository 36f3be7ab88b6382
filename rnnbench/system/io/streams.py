"""The standard streams, in whatever state a shell hands them to us.

One may be closed, have an encoding that lacks ``±``, lead to a full disk, or to nobody: a closed
terminal, or ``rnnbench show | head``.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO

from rnnbench.text import READABLE, plain


def prepare() -> None:
    """Make the standard streams usable; whatever is printed then can be encoded.

    A closed one is opened: on nothing to read, or to write to only if it is stderr, so that what
    stdout can't take is still noticed. Else the next file that is opened, the results say, would
    get its number, and what a library prints.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            _occupy(number)
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = None if _takes_text(stream) else "utf-8"
            stream.reconfigure(errors=READABLE, encoding=encoding)


def _takes_text(stream: TextIO) -> bool:
    """Return whether the encoding of a stream takes any text; idna, of host names, does not."""
    try:
        "±\n".encode(stream.encoding, READABLE)
    except (UnicodeError, LookupError):
        return False
    return True


def _occupy(number: int) -> None:
    """Open a file descriptor that is closed."""
    nowhere = os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)
    os.set_inheritable(number, True)


def say(text: str) -> None:
    """Print a line on stderr; that nobody reads it is no error."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


def tell(text: str) -> None:
    """Print a message on stderr, with what can't be seen in it as escapes."""
    say(plain(text))


def silence(stream: TextIO) -> None:
    """Discard what is still to be written to a stream.

    Else the rest of its buffer fails once more when the program ends, with exit code 120.
    """
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
