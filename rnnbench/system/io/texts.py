"""Text as it is read everywhere: UTF-8, without a byte-order mark, its lines ended by LF.

Editors and systems write one text in several ways. What they add is no part of it: it would be a
symbol of a language model, or no TOML. So it goes, and whoever reads tells it once.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from rnnbench.system.io.files import read_file

#: The byte-order mark, which says nothing in UTF-8.
MARK = "\ufeff"
#: What is told of a text that has one.
MARKED = "its byte-order mark is left out"
#: The ends of lines that become LF, in the order in which they are looked for.
ENDS = {"CRLF": "\r\n", "CR": "\r"}
#: The marks of other encodings; those of UTF-32 first, as they begin like those of UTF-16.
OTHER_MARKS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
#: So many bytes at the beginning show whether every other one is zero, as in UTF-16.
SHOWN = 1024


class NotText(ValueError):
    """What is no text in UTF-8; the message says what it is, and what to do."""


class Text(NamedTuple):
    """A text that was read.

    Attributes:
        content: without a mark, its lines ended by LF.
        changes: what was done to it, in words; empty where it was like that.
    """

    content: str
    changes: tuple[str, ...] = ()


def read_text(path: Path, largest: int) -> Text:
    """Return the text in a regular file.

    Args:
        path: of the file; links are followed.
        largest: bytes beyond which it is refused.

    Raises:
        OSError: as :func:`rnnbench.read_file` does.
        NotText: if it is not UTF-8.
    """
    return decoded(read_file(path, largest))


def decoded(data: bytes) -> Text:
    """Return bytes as text.

    Raises:
        NotText: if they are not UTF-8.
    """
    if encoding := other_encoding(data):
        raise NotText(f"it is {encoding}: convert it to UTF-8")
    if b"\0" in data:
        raise NotText("it is not text (it holds zero bytes): give a UTF-8 text file")
    try:
        return normalized(data.decode())
    except UnicodeDecodeError as error:
        found = f"byte {data[error.start]:#04x} at offset {error.start}"
        raise NotText(f"it is not UTF-8 text ({found}): convert it to UTF-8") from None


def normalized(text: str) -> Text:
    """Return a text without marks at its beginning, CRLF and CR in it as LF."""
    changes = []
    content = text.lstrip(MARK)
    if len(content) < len(text):
        changes.append(MARKED)
    for name, end in ENDS.items():
        if end in content:
            content = content.replace(end, "\n")
            changes.append(read_as_lf(name))
    return Text(content, tuple(changes))


def read_as_lf(name: str) -> str:
    """Return what is told of a text whose lines have one of :data:`ENDS`."""
    return f"its line ends {name} are read as LF"


def other_encoding(data: bytes) -> str | None:
    """Return the encoding that bytes are in, by its mark or its zero bytes; None for UTF-8."""
    for mark, encoding in OTHER_MARKS.items():
        if data.startswith(mark):
            return encoding
    shown = data[:SHOWN]
    halves = shown[::2], shown[1::2]
    for zeros, letters in (halves, halves[::-1]):
        if len(shown) > 1 and zeros.count(0) > 0.9 * len(zeros) and letters.count(0) == 0:
            return "UTF-16 without its mark"
    return None
