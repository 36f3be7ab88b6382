"""The run that an argument means, with a word where something else could be meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rnnbench.results.runs.folders import Found


def file_of(run: str | None, out: Path) -> Path:
    """Return the results file of a run that is going to be read.

    Args:
        run: what :func:`rnnbench.results.runs.folders.look_up` takes.
        out: the folder of all runs.

    Raises:
        UsageError: if there is no such run, or more than one.
    """
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain

    found = look_up(run, out)
    if found.copies:
        say(plain(f"{found.file} is read; copies of this run: {', '.join(map(str, found.copies))}"))
    return found.file


def files_of(runs: Sequence[str], out: Path) -> list[Path]:
    """Return the results files of some runs, the newest alone if none is named.

    A folder of runs stands for all that are in it.

    Raises:
        UsageError: if there is no such run.
    """
    from rnnbench.results.runs import folders
    from rnnbench.results.runs.names import LATEST
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain

    found: list[Path] = []
    for run in runs or [LATEST]:
        inside = folders.inside(Path(run))
        if inside is None:
            found.append(file_of(run, out))
            continue
        found += [one.file for one in inside if not one.fault]
        for one in inside:
            if one.fault:
                say(plain(f"{one.file} is passed over: {one.fault}"))
    return found


def file_to_append_to(run: str | None, out: Path) -> Path:
    """Return the results file of a run that is going to be gone on with: none of several copies.

    Raises:
        UsageError: likewise, or if it is not the only one of its run.
    """
    from rnnbench.errors import UsageError
    from rnnbench.results.runs import baselines

    found = look_up(run, out)
    if found.file.parent.name == baselines.FOLDER:
        raise UsageError(f"{found.file} is a baseline: it stays as it is, and is no run to resume")
    if found.copies:
        names = ", ".join(file.parent.name for file in (found.file, *found.copies))
        raise UsageError(f"this run is there more than once, as {names} in {out}: name one of them")
    return found.file


def look_up(run: str | None, out: Path) -> Found:
    """Return the run that is meant, telling what could not be read where the newest was."""
    from rnnbench.results.runs import folders
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain

    found = folders.look_up(run, out)
    for one in found.passed_over:
        say(plain(f"{one.file} is passed over, newest or not: {one.fault}"))
    return found
