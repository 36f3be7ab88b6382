"""Which runs there are, in the order in which they were begun: from the first line of each file.

What a folder is called, and when it was written to, says nothing: people rename and copy folders.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from rnnbench.results import codec
from rnnbench.results.codec import Damaged
from rnnbench.results.lines import content, whole_lines
from rnnbench.system.io.files import open_to_read

#: The longest first line that is read, in bytes; it holds the plan of the run.
LONGEST = 1 << 26
#: The largest file of which the first line is read; that of a run is never as large.
LARGEST = 1 << 62
_NEVER = datetime.min.replace(tzinfo=UTC)


class Entry(NamedTuple):
    """A run as its first line has it.

    Attributes:
        file: its results file.
        started: when it was begun; long ago where that can't be read.
        size: of the file, in bytes: of two copies the larger has more of the run.
        run: its id, the same in all copies; empty before schema 4.
        name: what its user calls it, None if nothing.
        command: the command line.
        fault: what is wrong with the first line, None if nothing; then all else is empty.
    """

    file: Path
    started: datetime = _NEVER
    size: int = 0
    run: str = ""
    name: str | None = None
    command: tuple[str, ...] = ()
    fault: str | None = None

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return self.file.parent.name


def entries(files: Iterable[Path]) -> list[Entry]:
    """Return the runs of some files, the oldest first; those that can't be read come before all."""
    return sorted(map(entry, files), key=lambda one: (one.started, one.folder))


def entry(file: Path) -> Entry:
    """Return the run of a file; one that can't be read has a fault."""
    try:
        with open_to_read(file, LARGEST) as opened:
            first = next(whole_lines(opened, LONGEST), b"")
            size = opened.seek(0, os.SEEK_END)
        found = codec.beginning(content(first))
        started = moment(found.started)
    except OSError as error:
        return Entry(file, fault=error.strerror or str(error))
    except ValueError as error:
        return Entry(file, fault=str(error))
    return Entry(file, started, size, found.run, found.name, tuple(found.command))


def moment(text: str) -> datetime:
    """Return a time of a record; UTC if it names no zone.

    Raises:
        Damaged: if it is none.
    """
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Damaged(f"it began at {text[:40]!r}, which is no time") from None
