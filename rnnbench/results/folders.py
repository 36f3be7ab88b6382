"""The folders of runs: creating, listing and finding them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from rnnbench.errors import UsageError

#: The name of the results file in the folder of a run.
FILE = "results.jsonl"


def new_folder(out: Path, started: str) -> Path:
    """Create the folder of a new run, named after the time of its start.

    Raises:
        UsageError: if it can't be written.
    """
    name = started.replace(":", "").replace("+0000", "Z").replace("-", "", 2)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for suffix in ("", *(f"-{k:02}" for k in range(2, 100))):
            with suppress(FileExistsError):  # also if another run makes it at this moment
                (out / f"{name}{suffix}").mkdir()
                return out / f"{name}{suffix}"
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror or error}") from None
    raise UsageError(f"--out {out}: too many runs began in the same second")


def find(run: str | None, out: Path) -> Path:
    """Return the results file of a run: a name in ``out``, a path, or the newest in ``out``.

    Raises:
        UsageError: if there is none.
    """
    if run is not None:
        places = [Path(run), Path(run) / FILE, out / run / FILE]
        found = next((path for path in places if is_file(path)), None)
        if found is None:
            raise UsageError(f"no run {run!r} in {out}: {_listed(runs(out))}")
        return found
    if not (files := runs(out)):
        raise UsageError(f"no run in {out}: rnnbench run makes one, --out says where to look")
    return files[-1]


def _holds_something(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except OSError:  # it has gone this moment, or nobody may look
        return False


def is_file(path: Path) -> bool:
    """Return whether a path names a regular file; what can't be a path names none."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # what can't be a name: too long, or with a zero byte
        return False


def runs(out: Path) -> list[Path]:
    """Return the results files of all runs in a folder, the oldest first.

    Empty files are left out: those runs were ended before they began.

    Raises:
        UsageError: if that can't be the name of a folder.
    """
    try:
        found = [path for path in out.glob(f"*/{FILE}") if _holds_something(path)]
        return sorted(found, key=lambda path: path.parent.name)
    except OSError as error:  # its name is too long, say
        raise UsageError(f"{out}: {error.strerror or error}") from None


def remove(folder: Path, made: os.stat_result) -> None:
    """Remove the folder of a run that came to nothing: what the run has put there, and no more.

    Args:
        folder: of the run.
        made: its status when it was made; what has taken its place since is left alone.
    """
    with suppress(OSError):
        if os.path.samestat(made, folder.lstat()):
            for file in (folder / FILE, *folder.glob("*.log")):
                file.unlink(missing_ok=True)
            folder.rmdir()


def _listed(files: Iterable[Path]) -> str:
    names = [path.parent.name for path in files]
    return f"there are {', '.join(names[-5:])}" if names else "there are none"
