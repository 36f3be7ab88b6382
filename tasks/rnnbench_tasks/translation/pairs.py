"""Pairs of a text and its translation: where they come from, and how a file of them is read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from rnnbench import UsageError
from rnnbench_tasks import texts
from rnnbench_tasks.translation.dates import dates

#: Names of the files of a folder, tried in this order.
PATTERNS = ("{part}.tsv", "*.{part}.tsv")
#: The generated dates.
GENERATED = 10_000


class Pair(NamedTuple):
    """A text and its translation, one line each."""

    source: str
    target: str


class Parallel(NamedTuple):
    """Pairs to train on, and pairs to score.

    Attributes:
        train: those that are trained on.
        valid: those that are scored.
        sha256: of the files one after the other, as they were read, in UTF-8.
        remarks: what was done to the files, and to which.
    """

    train: list[Pair]
    valid: list[Pair]
    sha256: str
    remarks: tuple[str, ...] = ()


def load(path: str | None) -> Parallel:
    """Read the pairs at ``path``, or else make the dates.

    Raises:
        UsageError: if there are none or they are no such pairs; the message says why and where.
    """
    if path is None:
        made = [Pair(*pair) for pair in dates(GENERATED)]
        content = "".join(f"{one.source}\t{one.target}\n" for one in made)
        return Parallel(*texts.parted(made), sha256_of(content))
    files = [file for file in texts.find(path, "translation.path", PATTERNS) if file]
    parts = [texts.read(file) for file in files]
    read = [pairs(file, part.content) for file, part in zip(files, parts, strict=True)]
    train, valid = texts.parted(read[0]) if len(read) == 1 else read
    remarks = tuple(told for part in parts for told in part.remarks)
    return Parallel(train, valid, sha256_of("".join(part.content for part in parts)), remarks)


def pairs(file: Path, content: str) -> list[Pair]:
    """Return the pairs of a file: on each line a text, a tab and its translation.

    Raises:
        UsageError: naming the file, the line and what is wrong there.
    """
    found = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) != 2 or not all(columns):
            there = {1: "there is no tab", 2: "a side is empty"}
            raise UsageError(
                f"{file}, line {number}: there must be a text, a tab and its translation, where "
                + there.get(len(columns), f"there are {len(columns) - 1} tabs")
            )
        found.append(Pair(*columns))
    return found


def sha256_of(content: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(content.encode()).hexdigest()
