"""The output of ``rnnbench list runs`` and ``rnnbench baseline list``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnnbench.results.runs.index import Entry
from rnnbench.results.runs.outlines import outline

#: What a run is called, when it began, what it was made by, its rows and how they ended.
HEADS = ("name", "started (UTC)", "rows", "ok", "failed", "command")


#: The keys of the plain object of a run.
COLUMNS = (
    *("name", "given_name", "run", "started", "command"),
    *("rows", "ok", "failed", "file", "fault"),
)


def line(one: Entry, name: str) -> dict[str, Any]:
    """Return a run as a plain object.

    Args:
        one: the run.
        name: by which it is meant in other commands.
    """
    found = outline(one.file)
    return {
        "name": name,
        "given_name": one.name,
        "run": one.run or None,
        "started": None if one.fault else one.started.isoformat(),
        "command": list(one.command),
        "rows": found.rows,
        "ok": found.ok,
        "failed": found.failed,
        "file": str(one.file),
        "fault": one.fault,
    }


def name_in(out: Path, one: Entry) -> str:
    """Return by which name a run in the folder of all runs is meant: ``night/machine-2``, say."""
    return one.file.parent.relative_to(out).as_posix()


def print_runs(entries: Sequence[dict[str, Any]]) -> None:
    """Print a table of runs, the newest last, and below it what can't be read."""
    from rnnbench.report.console import console, print_table, text

    out = console()
    readable = [entry for entry in entries if entry["fault"] is None]
    if readable:
        print_table(out, HEADS, [list(map(text, cells(entry))) for entry in readable])
    for entry in entries:
        if entry["fault"] is not None:
            out.print(text(f"{entry['file']} can't be read: {entry['fault']}"))


def cells(entry: dict[str, Any]) -> list[str]:
    """Return what stands in the line of a run."""
    given = entry["given_name"]
    renamed = f" ({given})" if given and given != entry["name"] else ""
    return [
        entry["name"] + renamed,
        entry["started"][:16].replace("T", " "),
        *(str(entry[count]) for count in ("rows", "ok", "failed")),
        shlex.join(entry["command"]),
    ]
