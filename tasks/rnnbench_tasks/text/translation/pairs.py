"""Pairs of a text and its translation: where they come from, and how a file of them is read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from rnnbench import UsageError
from rnnbench_tasks.files import parts, texts
from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.text.translation.dates import dates
from rnnbench_tasks.wording import many

#: Names of the files of a folder, tried in this order.
PATTERNS = ("{part}.tsv", "*.{part}.tsv")
#: The generated dates.
GENERATED = 10_000


class Pair(NamedTuple):
    """A text and its translation, one line each."""

    source: str
    target: str


def load(path: str | None, target_path: str | None = None) -> Parts[Pair]:
    """Read the pairs at ``path``, or else make the dates.

    Args:
        path: of a file or folder of pairs; or of the sources, where ``target_path`` is given.
        target_path: of a file whose lines are the translations of those of ``path``.

    Raises:
        UsageError: if there are none or they are no such pairs; the message says why and where.
    """
    if target_path is not None:
        return parallel(path, target_path)
    if path is None:
        made = [Pair(*pair) for pair in dates(GENERATED)]
        content = "".join(f"{one.source}\t{one.target}\n" for one in made)
        return parts.of_made(made, content)
    files = [file for file in texts.find(path, "translation.path", PATTERNS) if file]
    return parts.of_files(files, pairs)


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


def parallel(path: str | None, target_path: str) -> Parts[Pair]:
    """Return the pairs of two files, whose lines belong together.

    Raises:
        UsageError: if one is missing, they differ in length, or a line has no translation.
    """
    if path is None:
        raise UsageError("translation.target_path needs translation.path: the file of the sources")
    files = [
        texts.single(given, f"translation.{option}")
        for option, given in (("path", path), ("target_path", target_path))
    ]
    read = [texts.read(file) for file in files]
    sources, targets = (one.content.removesuffix("\n").split("\n") for one in read)
    if len(sources) != len(targets):
        raise UsageError(
            f"{files[0]} has {many(len(sources), 'lines')} and {files[1]} has {len(targets)}: each "
            "line of one must be the translation of that of the other"
        )
    found = []
    for number, pair in enumerate(zip(sources, targets, strict=True), 1):
        source, target = map(str.strip, pair)
        if bool(source) != bool(target):
            empty = files[bool(source)]
            raise UsageError(f"{empty}, line {number}: it is empty, and the other file's is not")
        if source:
            found.append(Pair(source, target))
    remarks = tuple(told for one in read for told in one.remarks)
    train, valid = texts.parted(found)
    return Parts(train, valid, parts.sha256_of("".join(one.content for one in read)), remarks)
