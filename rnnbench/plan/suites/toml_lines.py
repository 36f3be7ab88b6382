"""The lines in which the keys of a TOML file stand, which its parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections import deque
from typing import NamedTuple, TypeAlias

#: The way to a value: keys of tables, and places in lists from 0.
Keys: TypeAlias = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<text> \"{3} (?:\\.|[^\\])*? \"{3,5} | '{3} .*? '{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
    | (?P<word> [^\s\[\]{}=,.\#"']+ )
    | (?P<sign> [\[\]{}=,.\n] )
    """,
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str | None
    text: str
    line: int


def lines_of(text: str) -> dict[Keys, int]:
    """Return the line, from 1, of every key, table and item of a list, by the way to it.

    Args:
        text: valid TOML.
    """
    return _Walk(text).lines


class _Walk:
    """Walks through the tokens of a file, and notes the line of whatever begins."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Keys, int] = {}
        self._tokens = _tokens(text)
        self._last: dict[Keys, int] = {}  # the place of the last table of each array of tables
        table: Keys = ()
        while self._skip_newlines():
            if self._next == "[":
                table = self._header()
            else:
                self._assignment(table)

    @property
    def _next(self) -> str:
        """The next sign; empty for a key, a value, or the end."""
        token = self._tokens[0] if self._tokens else None
        return token.text if token and token.kind == "sign" else ""

    def _skip_newlines(self) -> bool:
        """Skip ends of lines; return whether anything follows."""
        while self._next == "\n":
            self._tokens.popleft()
        return bool(self._tokens)

    def _skip(self, sign: str) -> bool:
        """Skip a sign, and return True, if it is the next one."""
        found = self._next == sign
        if found:
            self._tokens.popleft()
        return found

    def _header(self) -> Keys:
        """Read ``[a.b]`` or ``[[a.b]]``; return the way to the table that it begins."""
        line = self._tokens.popleft().line
        is_item = self._skip("[")
        place: Keys = ()
        for key in self._keys():
            place = (*self._inside(place), key)
            self.lines.setdefault(place, line)
        if is_item:
            self._last[place] = self._last.get(place, -1) + 1
        while self._skip("]"):
            pass
        place = self._inside(place)
        self.lines.setdefault(place, line)
        return place

    def _inside(self, place: Keys) -> Keys:
        """Return a table, or the last one of an array of tables."""
        return (*place, self._last[place]) if place in self._last else place

    def _keys(self) -> Keys:
        """Read ``a."b".c``."""
        found = [_read(self._tokens.popleft())]
        while self._skip("."):
            found.append(_read(self._tokens.popleft()))
        return tuple(found)

    def _assignment(self, table: Keys) -> None:
        """Read ``a.b = VALUE``."""
        line, place = self._tokens[0].line, table
        for key in self._keys():
            place = (*place, key)
            self.lines.setdefault(place, line)
        self._skip("=")
        self._value(place)

    def _value(self, place: Keys) -> None:
        if self._skip("["):
            self._list(place)
        elif self._skip("{"):
            while self._skip_newlines() and not self._skip("}"):
                self._assignment(place)
                self._skip_newlines()
                self._skip(",")
        else:
            while self._tokens and self._next not in ("\n", ",", "]", "}"):
                self._tokens.popleft()

    def _list(self, place: Keys) -> None:
        count = 0
        while self._skip_newlines() and not self._skip("]"):
            self.lines[(*place, count)] = self._tokens[0].line
            self._value((*place, count))
            self._skip_newlines()
            self._skip(",")
            count += 1


def _tokens(text: str) -> deque[_Token]:
    """Return the tokens of a text with their lines, without its comments."""
    found: deque[_Token] = deque()
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "comment":
            found.append(_Token(match.lastgroup, match[0], line))
        line += match[0].count("\n")
    return found


def _read(key: _Token) -> str:
    """Return a key without its quotes and escapes."""
    return str(tomllib.loads(f"key = {key.text}")["key"]) if key.kind == "text" else key.text
