"""The text of a suite, and the errors that name its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from rnnbench.errors import PluginError, UsageError
from rnnbench.plan.comparisons.networks import ALL
from rnnbench.plan.request import Request
from rnnbench.plan.suites.toml_lines import Keys, lines_of


class Source:
    """The text of a suite, in whose lines its faults are.

    Attributes:
        path: of the file, None where there is none.
        notes: what the user should know of the text, a line each.
    """

    def __init__(self, path: Path | None, text: str, changes: Sequence[str] = ()) -> None:
        """Take a text.

        Args:
            path: of the file, None where there is none.
            text: what it holds, which is valid TOML.
            changes: what was done to the text to read it, in words.
        """
        self.path = path
        self._text = text
        self.notes = [f"suite {path}: {change}" for change in changes]

    @cached_property
    def lines(self) -> dict[Keys, int]:
        """The line of each key, table and item of a list."""
        return lines_of(self._text)

    def error(self, keys: Keys, what: str) -> UsageError:
        """Return the error for what is at ``keys``: file, line and what is wrong.

        What is not there, as a key that is missing, has the line of what should hold it.
        """
        if self.path is None:
            return UsageError(what)
        nearest = (keys[:length] for length in range(len(keys), 0, -1))
        line = next((self.lines[place] for place in nearest if place in self.lines), 1)
        return UsageError(f"suite {self.path}, line {line}: {what}")

    @contextmanager
    def located(self, keys: Keys) -> Iterator[None]:
        """Add the file and the line of ``keys`` to an error."""
        try:
            yield
        except UsageError as error:
            raise self.error(keys, str(error)) from error.__cause__

    @contextmanager
    def located_in_block(self, number: int, names: Keys, request: Request) -> Iterator[None]:
        """Add the file, and the line of what it is about, to an error of one comparison.

        One that is about what the command line says is left as it is.

        Args:
            number: of the block that the comparison is from.
            names: its task, its network and its cell.
            request: what the command line says.
        """
        try:
            yield
        except UsageError as error:
            if any(is_overruled(keys, request) for keys in error.about):
                raise
            first = [("scaled", *keys) for keys in error.about if request.scaled]
            places: list[Keys] = [("block", number, *keys) for keys in (*first, *error.about)]
            asked = {*request.tasks, *request.networks, *request.cells}
            in_block = asked.isdisjoint(names) and ALL not in asked
            if in_block and not isinstance(error, PluginError):
                places.append(("block", number))
            for place in places:
                if place in self.lines:
                    raise self.error(place, str(error)) from error.__cause__
            raise


#: What a suite that is made on the spot has.
NO_FILE = Source(None, "")


def is_overruled(keys: Keys, request: Request) -> bool:
    """Return whether the command line sets what a block of a suite has at ``keys``."""
    name = str(keys[-1])
    if keys[0] == "options":
        return name in request.options
    if hasattr(request, name):
        return bool(getattr(request, name))
    return getattr(request.settings, name) is not None
