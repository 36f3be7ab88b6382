"""Files that a command writes: whole or not at all, and over nothing that is not its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rnnbench.errors import UsageError

#: What a page or a picture of ours has near its beginning, by which it is known again: of a page,
#: an SVG, and a text chunk of a PNG (Software, as its specification names what has made it).
PAGE_MARK = b'<meta name="generator" content="rnnbench">'
SVG_MARK = b"<!-- drawn by rnnbench -->"
PNG_MARK = b"tEXtSoftware\0rnnbench"
#: What the last line says of a text in which people write on.
LAST = "end of tables of rnnbench"
#: How much of an existing file is looked at: the header of a wide CSV, at most.
BEGINNING = 1 << 16


def write(path: Path, data: bytes, what: str, is_earlier: Callable[[bytes], object]) -> None:
    """Write a file whole or not at all, and never over the results of a run.

    Args:
        path: of the file.
        data: all of it.
        what: it is, in words: ``export``.
        is_earlier: whether a file that begins so is an earlier one, which may be written over.

    Raises:
        UsageError: if it can't be written, or is something else already.
    """
    from rnnbench.results import reader
    from rnnbench.results.runs import folders
    from rnnbench.system.io.files import write_file

    if path == Path("-"):
        raise UsageError(f"--output -: {what} is written to a file; name one")
    try:
        real = path.resolve()
        if reader.is_results_file(path) or (real.name == folders.FILE and real.exists()):
            raise UsageError(f"--output {path}: these are the results of a run; name another file")
        begins = beginning(real) if real.is_file() else b""
        earlier = begins.strip() and is_earlier(begins)
        if real.exists() and not earlier and (real.parent / folders.FILE).exists():
            raise UsageError(f"--output {path}: this is a file of a run; name another one")
        if begins.strip() and not earlier:
            raise UsageError(
                f"--output {path}: this is something else than an earlier {what}; "
                "name another file, or remove it"
            )
        write_file(path, data)
    except (OSError, ValueError, RuntimeError) as error:  # a zero byte, a circle of links
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise UsageError(f"--output {path}: {reason}") from None


def has_mark(begins: bytes) -> bool:
    """Return whether a file that begins so is a page or a picture of ours."""
    return any(mark in begins for mark in (PAGE_MARK, SVG_MARK, PNG_MARK))


def beginning(path: Path) -> bytes:
    """Return how a file begins."""
    with path.open("rb") as file:
        return file.read(BEGINNING)
