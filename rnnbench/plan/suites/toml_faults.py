"""Where a text is no TOML, and why, in a user's words."""

from __future__ import annotations

import re
import tomllib

from rnnbench.text import cut

#: What the parser of TOML says, and what it means.
MEANINGS = {
    "Invalid value": "a value is missing here, or is none: a text has quotes around it",
    "Invalid statement": "neither a key nor a table begins here",
    "Expected '=' after": "a key is followed by '='",
    "Expected newline": "something follows the value",
    "Expected ']": "a ']' is missing",
    "Cannot overwrite": "a key is there twice",
    "Cannot declare": "a table is there twice",
    "Unterminated string": "a text has no quote at its end",
    "Illegal character '\\n'": "a text has no quote at its end",
    "Unescaped '\\'": "a \\ in a text is written \\\\, or the text in single quotes",
    "Unclosed": "a table or a list is not closed",
}


def no_toml(text: str, error: ValueError | RecursionError) -> str:
    """Return where a text is no TOML, and why: ``line 3: it is nested too deeply``.

    Args:
        text: that was parsed.
        error: that it was refused with.
    """
    if isinstance(error, tomllib.TOMLDecodeError):
        told = str(error)
        what = cut(told.rpartition(" (at ")[0] or told)
        why = next((MEANINGS[begins] for begins in MEANINGS if told.startswith(begins)), what)
        return f"{_place(text, told)}: {why}"
    if isinstance(error, RecursionError):
        begins, what = text.find("[" * 10), "it is nested too deeply"
    else:  # Python's own limit
        digits = re.search("[0-9_]{4000}", text)
        begins, what = digits.start() if digits else 0, "a number of thousands of digits"
    return f"line {text.count(chr(10), 0, max(begins, 0)) + 1}: {what}"


def _place(text: str, told: str) -> str:
    """Return the line and the column that the parser has named; it calls the last line the end."""
    if found := re.search(r"line (\d+), column (\d+)", told):
        return f"line {found[1]}, column {found[2]}"
    return f"line {text.rstrip().count(chr(10)) + 1}, at its end"
