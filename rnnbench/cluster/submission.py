"""What was submitted, as it is kept in the folder of the run: ``submitted.json``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rnnbench.errors import UsageError
from rnnbench.schema.json_faults import UNREADABLE, fault_of
from rnnbench.schema.types import Count, Positive
from rnnbench.system.io.files import read_file, write_file

#: Where jobs run: under Slurm, in the background of this machine, or one after the other before the
#: eyes of who has asked for it.
Engine = Literal["slurm", "local", "debug"]
#: The name of the file, and the largest that is read.
FILE, LARGEST = "submitted.json", 1 << 24


class Job(msgspec.Struct, frozen=True):
    """What was handed to an engine at once.

    Attributes:
        engine: what runs it.
        number: of Slurm's array, or of the local process.
        submitted: in UTC.
        parts: their numbers, as ``1-12`` or ``3,7-9``.
        began: when the local process began, in the kernel's clock: another may have its number
            later; None under Slurm.
    """

    engine: Engine
    number: Positive
    submitted: str
    parts: Annotated[str, Meta(pattern=r"^\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*$")]
    began: float | None = None


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A run that was submitted.

    Attributes:
        engine: what its parts were given to last.
        words: the command of the whole run, after ``rnnbench``.
        folder: in which it was given, from which paths in it start.
        naming: those of the words that name code: plugins, interpreters and nets.
        parts: how many there are.
        at_once: how many run at a time, None for no limit.
        options: of ``sbatch``, by name.
        jobs: in the order in which they were submitted.
    """

    engine: Engine
    words: list[str]
    folder: str
    naming: list[str] = []
    parts: Annotated[int, Meta(ge=1, le=999_999)]
    at_once: Count | None = None
    options: dict[str, str] = {}
    jobs: list[Job] = []


def load(run: Path) -> Submission | None:
    """Return what was submitted of a run, None if nothing.

    Args:
        run: its folder.

    Raises:
        UsageError: if the file can't be read.
    """
    file = run / FILE
    try:
        text = read_file(file, LARGEST)
        return msgspec.json.decode(text, type=Submission)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None
    except UNREADABLE:
        raise UsageError(f"{file}: {fault_of(text, Submission) or 'it is damaged'}") from None


def save(run: Path, submission: Submission) -> None:
    """Keep what was submitted of a run.

    Raises:
        UsageError: if it can't be written.
    """
    text = msgspec.json.format(msgspec.json.encode(submission), indent=2)
    try:
        write_file(run / FILE, text + b"\n")
    except OSError as error:
        raise UsageError(f"{run / FILE}: {error.strerror or error}") from None
