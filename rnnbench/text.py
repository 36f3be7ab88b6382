r"""Text as people read it; that of strangers is plain: what would speak to the terminal is escaped.

Names, versions and reasons come from results files, plugins and frameworks. An escape sequence in
one of them could clear the screen, rename the window or rewrite a verdict; a newline could forge a
line of a table; a bidirectional control could show its letters in another order.
"""

from __future__ import annotations

import re
from typing import Any

#: C0, DEL and C1; the controls of direction, line and paragraph; halves of surrogate pairs, which
#: no output can encode. Letters and signs of every script are left alone.
CONTROLS = re.compile(
    r"[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def plain(text: str) -> str:
    r"""Return a text in one line, its control characters as escapes such as ``\x1b``."""
    if text.isascii() and text.isprintable():  # as nearly all are, and told much sooner
        return text
    return CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def plain_lines(text: str) -> str:
    """Return a text of several lines, as a traceback is, with no control but its newlines."""
    return "\n".join(map(plain, text.expandtabs().split("\n")))


def many(count: int, what: str) -> str:
    """Return ``1 line``, ``2 lines``."""
    return f"{count} {what}{'s' if count != 1 else ''}"


def cut(line: str, longest: int = 200) -> str:
    """Return a line, cut where it is longer."""
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def shown(value: Any) -> str:
    """Return a value of a stranger's as an error shows it: in one line, cut where it is long."""
    try:
        found = f"class {value.__name__}" if isinstance(value, type) else repr(value)
        return cut(" ".join(found.split()), 60)
    except Exception:  # a stranger's class may raise anything
        return f"a {type(value).__name__}"
