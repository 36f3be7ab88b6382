"""The lines of a results file, of which each is a record, whatever has rewritten the file.

The rule is that of all text (:mod:`rnnbench.system.io.texts`): byte-order marks go, and CRLF and CR
end a line as LF does. No record holds either, so its checksum is that of what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from rnnbench.system.io.texts import ENDS, MARK, MARKED, read_as_lf

#: What a line may end with.
LINE_ENDS = (b"\n", b"\r")
_MARK = MARK.encode()
_ENDS = {name: end.encode() for name, end in ENDS.items()}


def whole_lines(file: BinaryIO, longest: int = -1) -> Iterator[bytes]:
    """Yield the lines of a file, each with its end.

    Args:
        file: at their beginning.
        longest: bytes beyond which a line is cut; of any length by default.
    """
    while line := file.readline(longest):
        yield from line.splitlines(keepends=True) if b"\r" in line else (line,)


def content(line: bytes) -> bytes:
    """Return a line without its end, and without marks at its beginning."""
    while line.startswith(_MARK):
        line = line[len(_MARK) :]
    return line.rstrip(b"\r\n")


def is_as_written(line: bytes) -> bool:
    """Return whether the ends of a line are those that we write."""
    return line.startswith(b"{") and line.endswith(b"}\n")


def changes(line: bytes) -> Iterator[str]:
    """Yield in words what is not as we have written it; of most lines nothing."""
    if line.startswith(_MARK):
        yield MARKED
    for name, end in _ENDS.items():
        if line.endswith(end):
            yield read_as_lf(name)
