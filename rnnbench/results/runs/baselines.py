"""Baselines: runs that are kept under a name, to hold later ones against.

A baseline is a copy of the results file of its run, ``baselines/NAME.jsonl`` in the folder of all
runs, so nothing is lost when the folder of the run is removed. It is a results file like any.
"""

from __future__ import annotations

import os
from pathlib import Path

from rnnbench.errors import UsageError
from rnnbench.results.reader import LARGEST, is_results_file
from rnnbench.results.runs import index
from rnnbench.results.runs.index import Entry
from rnnbench.results.runs.names import check_name
from rnnbench.system.io.files import read_file, write_file

#: The name of their folder in that of all runs; no run may have it.
FOLDER = "baselines"


def path_of(name: str, out: Path) -> Path:
    """Return where a baseline is kept.

    Raises:
        UsageError: if that can't be its name.
    """
    return out / FOLDER / f"{check_name('baseline', name)}.jsonl"


def save(name: str, run: Path, out: Path, replace: bool = False) -> Path:
    """Keep a run as a baseline, whole or not at all; return where.

    Args:
        name: of the baseline.
        run: the results file of the run, which has been read.
        out: the folder of all runs.
        replace: whether an older baseline of this name may be written over.

    Raises:
        UsageError: if there is one, or something else of its name, or it can't be written.
    """
    path = path_of(name, out)
    if os.path.lexists(path):
        if path.is_symlink() or not is_results_file(path):
            raise UsageError(f"{path} is no baseline of rnnbench: it stays, take another name")
        if not replace:
            raise UsageError(f"baseline {name!r} is there already, {path}: --force writes over it")
    try:
        content = read_file(run, LARGEST)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, content)
    except OSError as error:
        raise UsageError(f"baseline {name!r}: {error.filename or path}: {error.strerror}") from None
    return path


def entries(out: Path) -> list[Entry]:
    """Return all baselines, by name; those that can't be read have a fault.

    Raises:
        UsageError: if ``out`` can't be the name of a folder.
    """
    try:
        found = sorted(path for path in (out / FOLDER).glob("*.jsonl") if path.is_file())
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror or error}") from None
    return list(map(index.entry, found))


def find(name: str, out: Path) -> Path | None:
    """Return the file of a baseline, None if there is none of this name."""
    return next((one.file for one in entries(out) if one.file.stem == name), None)
