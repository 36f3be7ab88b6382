"""Labelled texts: where they come from, and how a file of them is read."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from rnnbench import UsageError
from rnnbench_tasks.files import downloads, parts, texts
from rnnbench_tasks.files.downloads import Source
from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.text.sentiment.reviews import reviews

TextName = Literal["generated", "stanford-treebank"]

#: Names of the files of a folder, tried in this order.
PATTERNS = ("{part}.tsv", "{part}.csv", "*.{part}.tsv", "*.{part}.csv")
#: The generated reviews.
GENERATED = 10_000
#: What the first line of a file may say of its columns.
HEADINGS = (["label", "text"], ["text", "label"])

_TREEBANK = (
    "https://raw.githubusercontent.com/clairett/pytorch-sentiment-classification/"
    "457ffd83de90a9d6d472d8ffc31bbffe40a8b236/data/SST2/"
)
#: The sentences of Socher et al. that are positive or negative, as text and label: those to train
#: on and those for validation.
TREEBANK = (
    Source(
        _TREEBANK + "train.tsv",
        name="stanford-treebank.train.tsv",
        size=720_259,
        sha256="ec192f833a64da08f475488a77b0d0b47db47acd0f458bd18433fc793b569920",
    ),
    Source(
        _TREEBANK + "dev.tsv",
        name="stanford-treebank.valid.tsv",
        size=92_057,
        sha256="eddea6b39e601dd4e7a672b53cc40fdf6019fa80522f351206c24340ca5d9359",
    ),
)


class Example(NamedTuple):
    """A text and its label.

    Attributes:
        label: of the text, as it is written.
        text: one line, but where a CSV file quotes more.
        place: where it stands, for errors: ``reviews.tsv, line 3``.
    """

    label: str
    text: str
    place: str


def load(text: TextName, path: str | None) -> Parts[Example]:
    """Read the texts at ``path``, or else those named ``text``.

    Raises:
        UsageError: if there are none or they are no such texts; the message says why and where.
    """
    if path is not None:
        files = [file for file in texts.find(path, "sentiment.path", PATTERNS) if file]
        return _labelled(files, HEADINGS[0])
    if text == "stanford-treebank":
        otherwise = "give labelled texts of your own with --set sentiment.path=FILE"
        files = [downloads.fetch(source, otherwise) for source in TREEBANK]
        return _labelled(files, HEADINGS[1])
    made = [Example(*one, "generated") for one in reviews(GENERATED)]
    written = "".join(f"{one.label}\t{one.text}\n" for one in made)
    return parts.of_made(made, written)


def _labelled(files: Sequence[Path], columns: list[str]) -> Parts[Example]:
    """Return what stands in one file, or in one for training and one for validation."""
    read = parts.of_files(files, lambda file, content: examples(file, content, columns))
    _check(read.train, read.valid, " and ".join(map(str, files)))
    return read


def examples(file: Path, content: str, columns: list[str]) -> list[Example]:
    """Return the examples of a file.

    Args:
        file: its name; one that ends in ``.csv`` is read as CSV, others as columns between tabs.
        content: of the file.
        columns: what they are, if the first line does not say so.

    Raises:
        UsageError: naming the file, the line and what is wrong there.
    """
    found: list[Example] = []
    for number, row in _rows(file, content):
        place = f"{file}, line {number}"
        if len(row) != 2:
            count = f"{len(row)} column{'s' * (len(row) != 1)}"
            raise UsageError(f"{place}: {count} where there must be a label and a text")
        if not found and [cell.strip().lower() for cell in row] in HEADINGS:
            columns = [cell.strip().lower() for cell in row]
            continue
        label, text = (row[columns.index(name)].strip() for name in HEADINGS[0])
        if not (label and text):
            raise UsageError(f"{place}: there is no {'text' if label else 'label'}")
        found.append(Example(label, text, place))
    return found


def _rows(file: Path, content: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the columns of each line that is not blank, and the line's number."""
    lines = content.split("\n")
    if file.suffix.lower() != ".csv":
        yield from ((k, line.split("\t")) for k, line in enumerate(lines, 1) if line.strip())
        return
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    try:
        yield from ((reader.line_num, row) for row in reader if row)
    except csv.Error as error:
        raise UsageError(f"{file}, line {reader.line_num}: it is no CSV: {error}") from error


def _check(train: list[Example], valid: list[Example], source: str) -> None:
    """Refuse labels from which nothing can be learnt, or columns that are no labels."""
    counts = Counter(one.label for one in train)
    if not (train and valid):
        raise UsageError(
            f"sentiment: the texts of {source} are too few: {len(train)} to train on, {len(valid)} "
            "to score: give more of them"
        )
    if lonely := next((one for one in train if counts[one.label] == 1), None):
        raise UsageError(
            f"{lonely.place}: the label {_cut(lonely.label)!r} stands nowhere else in what is "
            "trained on: the first column is the label and the second the text, unless the first "
            "line names them text and label"
        )
    if len(counts) == 1:
        only = _cut(train[0].label)
        raise UsageError(
            f"sentiment: all texts of {source} bear the label {only!r}: give texts of another "
            "label, too"
        )
    if unknown := next((one for one in valid if one.label not in counts), None):
        raise UsageError(
            f"{unknown.place}: the label {_cut(unknown.label)!r} is none of those that are "
            f"trained on: {', '.join(sorted(map(_cut, counts)))}"
        )


def _cut(label: str) -> str:
    return label if len(label) <= 30 else f"{label[:29]}…"
