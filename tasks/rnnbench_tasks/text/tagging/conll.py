"""Texts with a tag for each token, as CoNLL's shared tasks write them."""

from __future__ import annotations

from pathlib import Path

from rnnbench import UsageError
from rnnbench_tasks.files import parts, texts
from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.text.tagging.sentences import Sentence, sentences
from rnnbench_tasks.wording import many

#: The generated sentences.
GENERATED = 5000
#: Names of the files of a folder, tried in this order.
PATTERNS = ("{part}.conll", "{part}.txt", "*.{part}.conll", "*.{part}")


def load(path: str | None) -> Parts[Sentence]:
    """Read the sentences at ``path``, or make them.

    Raises:
        UsageError: if there are none or they are no such texts; the message says why and where.
    """
    if path is None:
        found = sentences(GENERATED)
        return parts.of_made(found, "".join(written(one) for one in found))
    files = [file for file in texts.find(path, "tagging.path", PATTERNS) if file]
    read = parts.of_files(files, parse)
    if not (read.train and read.valid):
        raise UsageError(
            f"tagging: {path} holds {many(len(read.train), 'sentences')} to train on and "
            f"{len(read.valid)} to score: give more of them"
        )
    return read


def written(sentence: Sentence) -> str:
    """Return a sentence as a file holds it."""
    return "".join(f"{token}\t{tag}\n" for token, tag in sentence) + "\n"


def parse(file: Path, content: str) -> list[Sentence]:
    """Return the sentences of a file.

    On each line stands a token, and as the last column its tag; further columns between them are
    not read, but every line has as many. They stand apart by a tab, or by white space where a line
    has none. A line that is blank ends a sentence; ``-DOCSTART-`` is left out, and so are lines
    before a sentence that begin with ``#`` and a space.

    Raises:
        UsageError: naming the file, the line and what is wrong there.
    """
    found: list[Sentence] = [[]]
    first = count = 0
    for number, line in enumerate(content.split("\n"), 1):
        columns = [column.strip() for column in line.split("\t" if "\t" in line else None)]
        if not any(columns):
            found.append([])
        elif columns[0] == "-DOCSTART-" or (line.startswith("# ") and not found[-1]):
            continue
        elif len(columns) == 1 or not (columns[0] and columns[-1]):
            raise UsageError(
                f"{file}, line {number}: {line.strip()[:40]!r} has no token or no tag: a line "
                "holds a token, white space and a tag"
            )
        else:
            first, count = first or number, count or len(columns)
            if len(columns) != count:
                raise UsageError(
                    f"{file}, line {number}: {len(columns)} columns where line {first} has {count}"
                )
            found[-1].append((columns[0], columns[-1]))
    return [sentence for sentence in found if sentence]
