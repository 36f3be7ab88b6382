"""The folders of parts: one for each attempt, so that two never write to one file.

In the folder of the run, ``parts/0003-of-0012.0`` is the first attempt at the third of twelve
parts. A scheduler that takes a machine for dead begins a part again while the first attempt may
still go on; each has its own folder then, as only one of two can make it. When all of a part is
done the folder is renamed to ``0003-of-0012.0.done``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from rnnbench.errors import UsageError
from rnnbench.results.runs.folders import FILE

#: The folder of all parts in that of their run.
FOLDER = "parts"
_FORM = re.compile(r"(\d{4,6})-of-(\d{4,6})\.(\d{1,6})(\.done)?")


class Attempt(NamedTuple):
    """An attempt at a part, in the order in which they were begun.

    Attributes:
        number: of the part, from 1, of ``of``.
        of: how many parts there are.
        attempt: from 0.
        done: whether all of the part is done with it.
        folder: what it has written.
    """

    number: int
    of: int
    attempt: int
    done: bool
    folder: Path

    @property
    def file(self) -> Path:
        """Its results file."""
        return self.folder / FILE

    @property
    def name(self) -> str:
        """What it is called, done or not."""
        return self.folder.name.removesuffix(".done")


def attempts(run: Path) -> list[Attempt]:
    """Return the attempts at all parts of a run, by part and attempt; none where it has no parts.

    Args:
        run: its folder.

    Raises:
        UsageError: if it can't be read, or is divided in two ways.
    """
    try:
        found = sorted(_attempts(path for path in (run / FOLDER).iterdir()))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise UsageError(f"{run / FOLDER}: {error.strerror or error}") from None
    ways = sorted({one.of for one in found})
    if len(ways) > 1:
        told = " and into ".join(map(str, ways))
        raise UsageError(f"{run} is divided into {told} parts: take the folders of one away")
    return found


def _attempts(folders: Iterable[Path]) -> Iterator[Attempt]:
    for folder in folders:
        if found := _FORM.fullmatch(folder.name):
            number, of, attempt = map(int, found.groups()[:3])
            yield Attempt(number, of, attempt, found[4] is not None, folder)


def is_divided(run: Path) -> bool:
    """Return whether a folder is that of a run in parts."""
    with suppress(OSError, ValueError):  # what can't be a name
        return (run / FOLDER).is_dir()
    return False


def find(run: str, out: Path) -> Path | None:
    """Return the folder of the run in parts that is meant by a name or a path, None if none is."""
    return next(filter(is_divided, (out / run, Path(run))), None)


def divided(out: Path) -> list[Path]:
    """Return the folders of the runs in parts, by name."""
    try:
        return sorted(one for one in out.iterdir() if is_divided(one))
    except (OSError, ValueError):
        return []


def claim(run: Path, number: int, of: int) -> Path:
    """Make the folder of the next attempt at a part.

    Args:
        run: the folder of the run, which may not be there yet.
        number: of the part.
        of: how many parts there are.

    Raises:
        UsageError: if it can't be made.
    """
    parts = run / FOLDER
    begun = [one.attempt for one in attempts(run) if one.number == number]
    attempt = max(begun, default=-1) + 1
    try:
        parts.mkdir(parents=True, exist_ok=True)
        while True:
            folder = parts / f"{number:04}-of-{of:04}.{attempt}"
            attempt += 1
            with suppress(FileExistsError):  # if another makes it at this moment
                folder.mkdir()
                return folder
    except OSError as error:
        raise UsageError(f"{parts}: {error.strerror or error}") from None


def finish(folder: Path) -> Path:
    """Say that all of a part is done, with this attempt at it; return what it is called then.

    Raises:
        UsageError: if it can't be renamed.
    """
    try:
        return folder.rename(folder.with_name(f"{folder.name}.done"))
    except OSError as error:
        raise UsageError(f"{folder}: it can't be renamed: {error.strerror or error}") from None
