"""``rnnbench check-results``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnnbench.cli.options import Debug, Json
from rnnbench.report.lists.results_files import print_files

if TYPE_CHECKING:
    from rnnbench.results.reader import Contents


def check_results(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Results files, folders of runs, or folders of those; [b]results[/b] by default.",
        ),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say whether results files are whole and agree with their plans; exit code 1 if one is not.

    Files may come from strangers: nothing that they name is opened, loaded or run.

    [b]rnnbench check-results results/20260102T030405Z[/b]
    """
    found = [checked(file) for path in paths or [Path("results")] for file in files(path)]
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        print_files(found)
    raise typer.Exit(any(entry["faults"] for entry in found))


def files(path: Path) -> list[Path]:
    """Return the results files at a path.

    Raises:
        UsageError: if there is none.
    """
    from rnnbench.errors import UsageError
    from rnnbench.results import folders

    if found := folders.runs(path):
        return found
    for file in (path, path / folders.FILE):
        if folders.is_file(file):
            return [file]
    what = "holds no run" if path.is_dir() else "is no results file and no folder"
    raise UsageError(
        f"nothing to check: {path} {what}; name a results file, or a folder of runs as --out had it"
    )


def checked(file: Path) -> dict[str, Any]:
    """Return the state of a file and its faults as an object."""
    from rnnbench.errors import UsageError
    from rnnbench.results import reader

    try:
        found = reader.load(file)
    except UsageError as error:
        fault = {"line": 1, "what": str(error)}
        none = {"records": 0, "newer": 0, "left": None}
        return {"file": str(file), **none, "faults": [fault], "more_faults": 0}
    return {
        "file": str(file),
        "records": len(found.records),
        "newer": found.unknown,
        "left": left(found),
        "faults": [fault._asdict() for fault in found.faults],
        "more_faults": found.untold,
    }


def left(found: Contents) -> int:
    """Return the number of comparisons that are not finished."""
    from rnnbench.results.queries import plan_of
    from rnnbench.results.remaining import Remaining

    return len(Remaining(plan_of(found.records), found.records).comparisons)
