"""Where texts come from: CPython itself, a checked download, or the user's own files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from rnnbench import NotText, UsageError, read_text
from rnnbench_tasks.files import downloads
from rnnbench_tasks.files.downloads import Source

T = TypeVar("T")
TextName = Literal["python-reference", "tiny-shakespeare"]

#: The largest file that is read, in bytes: all of it is held in memory.
LARGEST = 1 << 30
#: Letters of a path that an error repeats.
LONGEST = 200
#: Names of the files of a folder, tried in this order.
PATTERNS = ("{part}.txt", "*.{part}.txt", "*.{part}.tokens")
#: What the name of a file says of which each character stands apart, as in Mikolov's layout, where
#: ``ptb.char.train.txt`` stands beside ``ptb.train.txt``; and where such files are looked for.
CHARACTERS = ".char."
CHARACTER_PATTERNS = ("{part}.txt", f"*{CHARACTERS}{{part}}.txt", *PATTERNS[1:])
#: Of examples that are not parted yet, every so many-th is scored and not trained on.
HELD_OUT = 5

SHAKESPEARE = Source(
    "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
    name="tinyshakespeare.txt",
    size=1_115_394,
    sha256="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
)


class Part(NamedTuple):
    """A text, or a part of one.

    Attributes:
        content: without a byte-order mark, its lines ended by LF.
        remarks: what was done to it, and the file.
    """

    content: str
    remarks: tuple[str, ...] = ()


class Files(NamedTuple):
    """The files of a text.

    Attributes:
        train: the training text, or the whole text where ``valid`` is None.
        valid: the validation text.
    """

    train: Path
    valid: Path | None = None


def find(
    path: str,
    option: str = "language-modeling.path",
    patterns: Sequence[str] = PATTERNS,
    scored: str = "valid",
) -> Files:
    """Return the files at a path of the user's.

    Args:
        path: a text file, or a folder that holds one for training and one for validation.
        option: where the path was given, for errors.
        patterns: names of the files of a folder, tried in this order.
        scored: the part that is scored: ``valid``, or ``test``, which takes a folder.

    Raises:
        UsageError: if there is nothing there, or a folder lacks one of the two.
    """
    place, is_folder = _look(path, option)
    if is_folder:
        return Files(*(_part(place, part, patterns, scored) for part in ("train", scored)))
    if scored != "valid":
        raise UsageError(
            f"{option}: {path!r} is a file, which has no {scored} part: give a folder with "
            f"{patterns[0].format(part='train')} and {patterns[0].format(part=scored)}"
        )
    return Files(place)


def single(path: str, option: str) -> Path:
    """Return the file at a path of the user's.

    Raises:
        UsageError: if there is nothing there, or a folder.
    """
    place, is_folder = _look(path, option)
    if is_folder:
        raise UsageError(f"{option}: {path!r} is a folder: give a file")
    return place


def folder(path: str, option: str, holds: str) -> Path:
    """Return the folder at a path of the user's.

    Args:
        path: of the folder.
        option: where the path was given, for errors.
        holds: what should be in it.

    Raises:
        UsageError: if there is nothing there, or a file.
    """
    place, is_folder = _look(path, option)
    if not is_folder:
        raise UsageError(f"{option}: {_cut(path)!r} is no folder: give one with {holds}")
    return place


def _cut(path: str) -> str:
    """Return a path, its middle left out where it is long."""
    return path if len(path) <= LONGEST else f"{path[: LONGEST // 2]}...{path[-LONGEST // 2 :]}"


def _look(path: str, option: str) -> tuple[Path, bool]:
    """Return a path of the user's, and whether a folder is there; something is."""
    if not path.strip():
        raise UsageError(f"{option} is empty: give the path of a file or a folder")
    shown = _cut(path)
    try:
        place = Path(path).expanduser()
        place.stat()
        return place, place.is_dir()
    except FileNotFoundError as error:
        raise UsageError(
            f"{option}: there is no file or folder {shown!r} (looked in {Path.cwd()})"
        ) from error
    except OSError as error:
        raise UsageError(f"{option}: can't read {shown!r}: {error.strerror or error}") from error
    except (RuntimeError, ValueError) as error:  # ~nobody, and a zero byte
        raise UsageError(f"{option}: can't read {shown!r}: {error}") from error


def read(file: Path) -> Part:
    """Return a file of UTF-8 text.

    Raises:
        UsageError: if it can't be read, is no regular file, is empty, too large, or not text.
    """
    try:
        content, changes = read_text(file, LARGEST)
    except OSError as error:
        raise UsageError(f"can't read {file}: {error.strerror or error}") from error
    except NotText as error:
        raise UsageError(f"{file}: {error}") from error
    if not content:
        raise UsageError(f"{file} is empty: give a file that holds text")
    return Part(content, tuple(f"{file}: {change}" for change in changes))


def parted(whole: list[T]) -> tuple[list[T], list[T]]:
    """Return what is trained on, and what is scored: every :data:`HELD_OUT`-th."""
    return [one for k, one in enumerate(whole, 1) if k % HELD_OUT], whole[HELD_OUT - 1 :: HELD_OUT]


def python_reference() -> str:
    """Return the text of the language reference inside CPython, the source of ``help("if")``.

    Its topics are joined in sorted order, a newline between them. It changes with the version of
    Python, and some topics repeat passages of others.

    Raises:
        UsageError: if this Python was installed without it.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise UsageError(
            "this Python was installed without pydoc_data, which holds the text python-reference: "
            "give a text of your own with --set language-modeling.path=FILE"
        ) from error
    return "\n".join(topics[name] for name in sorted(topics))


def tiny_shakespeare() -> Path:
    """Return the file of the plays that char-rnn (Karpathy 2015) trains on, fetching it once.

    Raises:
        UsageError: if it is not there and can't be fetched.
    """
    return downloads.fetch(SHAKESPEARE, "give any text with --set language-modeling.path=FILE")


def _part(folder: Path, part: str, patterns: Sequence[str], scored: str) -> Path:
    """Return the one file of ``folder`` for ``part``: ``train`` or what is scored.

    Files of characters that stand apart are found by a pattern that names them alone.
    """
    for pattern in patterns:
        apart = CHARACTERS in pattern
        every = sorted(folder.glob(pattern.format(part=part)))
        found = [file for file in every if (CHARACTERS in file.name) == apart]
        if len(found) > 1:
            names = ", ".join(file.name for file in found)
            raise UsageError(f"{folder} holds several files for {part}: keep one of {names}")
        if found:
            return found[0]
    if part == scored and (train := _part(folder, "train", patterns, scored)).stem != "train":
        before, _, after = train.name.rpartition("train")
        raise UsageError(
            f"{folder} has no {before}{part}{after}, which belongs beside {train.name}"
        )
    needed = " and ".join(patterns[0].format(part=part) for part in ("train", scored))
    missing = patterns[0].format(part=part)
    raise UsageError(f"{folder} has no {missing}: a folder needs {needed}")
