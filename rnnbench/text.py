r"""Text as people read it; that of strangers is plain: what would speak to the terminal is escaped.

Names, versions and reasons come from results files, plugins and frameworks. An escape sequence in
one of them could clear the screen, rename the window or rewrite a verdict; a newline could forge a
line of a table; a bidirectional control could show its letters in another order; one that takes no
room could make two names look alike. Letters of two scripts that look alike, and a letter beside
the same one composed of two characters, are left: to tell them apart would change honest names.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import Any

#: C0, DEL and C1; lines and paragraphs; halves of surrogate pairs, which no output can encode; what
#: formats, fills or varies without being seen (Unicode's category Cf, and Default_Ignorable);
#: spaces that are none of the keyboard's, and the Braille pattern without dots.
UNSEEN = re.compile(
    "["
    r"\0-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u2800\u3000\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
#: What is written where an output can't show a sign of ours.
SUBSTITUTES = str.maketrans(
    {
        "±": "+/-",
        "×": "x",
        "→": "->",
        "…": "...",
        "–": "-",
        "—": "-",
        "−": "-",
        "─": "-",
        "━": "=",
        "·": "-",
        "↑": "(up)",
        "↓": "(down)",
        "µ": "u",
        "≤": "<=",
        "≥": ">=",
        "⊙": "*",
    }
)


def _readable(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding lacks by what it can show; see :func:`codecs.register_error`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    shown = lacking.translate(SUBSTITUTES)
    return shown.encode("ascii", "backslashreplace").decode(), error.end


#: The name of the error handler.
READABLE = "rnnbench.readable"
codecs.register_error(READABLE, _readable)


def encodable(text: str, encoding: str) -> str:
    r"""Return a text that an encoding can show: ``±`` as ``+/-``, letters as ``\u03bb``."""
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        return text.encode(encoding, READABLE).decode(encoding)


def plain(text: str) -> str:
    r"""Return a text in one line, what can't be seen in it as escapes such as ``\x1b``."""
    if text.isascii() and text.isprintable():  # as nearly all are, and told much sooner
        return text
    return UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def plain_lines(text: str) -> str:
    """Return a text of several lines, as a traceback is, with no control but its newlines."""
    return "\n".join(map(plain, text.expandtabs().split("\n")))


def duration(seconds: float) -> str:
    """Return ``4.2 s``, ``12 s``, ``4 min 14 s``, ``1 h 3 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def many(count: int, what: str) -> str:
    """Return ``1 line``, ``2 lines``."""
    return f"{count} {what}{'s' if count != 1 else ''}"


def either(words: Iterable[str]) -> str:
    """Return ``a``, ``a or b``, ``a, b or c``."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def given(value: Any) -> str:
    """Return a value as ``--set`` takes it; ``1.0`` shows that a number need not be whole."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def cut(line: str, longest: int = 200) -> str:
    """Return a line, cut where it is longer."""
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def cut_inside(line: str, longest: int) -> str:
    """Return a line, cut in its middle where it is longer: what it says stands at its ends."""
    end = longest // 3
    return line if len(line) <= longest else f"{line[: longest - end - 3]}...{line[-end:]}"


def shown(value: Any) -> str:
    """Return a value of a stranger's as an error shows it: in one line, cut where it is long."""
    try:
        found = f"class {value.__name__}" if isinstance(value, type) else repr(value)
        return cut(" ".join(found.split()), 60)
    except BaseException:  # a stranger's class may raise anything
        return f"a {class_name(value)}"


def class_name(value: Any) -> str:
    """Return the name of the class of a value, whatever its class says of itself."""
    return str(type.__dict__["__name__"].__get__(type(value)))


def message_of(error: BaseException) -> str:
    """Return the first line of an error's message, empty where it has none.

    Where it ends with a colon, what it announces is the line below it, which is added.
    """
    try:
        lines = [line for line in str(error).splitlines() if line.strip()][:2]
    except BaseException:  # of a stranger's class
        return ""
    first = "".join(lines[:1]).strip()
    return " ".join([first, *map(str.strip, lines[1:])]) if first.endswith(":") else first


def readable(message: str) -> str:
    """Return an error's message as one plain line, whatever was given and is repeated in it."""
    words = (cut_inside(word, 300) for word in message.split())
    return plain(cut_inside(" ".join(words), 2000))


def one_line(text: str, longest: int = 500) -> str:
    """Return a text of strangers as one plain line, cut where it is longer."""
    beginning = text[: 4 * longest]  # it may have megabytes
    line = plain(" ".join(beginning.split()))
    return cut(line if len(beginning) == len(text) else f"{line} ...", longest)
