"""Examples of a task: those to train on and those to score, made or read from files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from rnnbench_tasks.files import texts

T = TypeVar("T")


class Parts(NamedTuple, Generic[T]):
    """Examples to train on, and examples to score.

    Attributes:
        train: those that are trained on.
        valid: those that are scored.
        sha256: of the files one after the other, as they were read, in UTF-8.
        remarks: what was done to the files, and to which.
    """

    train: list[T]
    valid: list[T]
    sha256: str
    remarks: tuple[str, ...] = ()


def of_made(made: list[T], written: str) -> Parts[T]:
    """Return examples that were made, and what they would be in a file, in two parts."""
    return Parts(*texts.parted(made), sha256_of(written))


def of_files(files: Sequence[Path], parse: Callable[[Path, str], list[T]]) -> Parts[T]:
    """Return what stands in one file, or in one for training and one for validation.

    Args:
        files: one or two.
        parse: turns a file's name and content into examples.
    """
    found = [texts.read(file) for file in files]
    read = [parse(file, one.content) for file, one in zip(files, found, strict=True)]
    train, valid = texts.parted(read[0]) if len(read) == 1 else read
    remarks = tuple(told for one in found for told in one.remarks)
    return Parts(train, valid, sha256_of("".join(one.content for one in found)), remarks)


def sha256_of(content: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(content.encode()).hexdigest()
