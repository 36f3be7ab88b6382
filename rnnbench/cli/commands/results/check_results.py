"""``rnnbench check-results``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnnbench.cli.options import completion
from rnnbench.cli.options.shared import Debug, Json, Out
from rnnbench.report.lists.results_files import print_files

if TYPE_CHECKING:
    from rnnbench.results.reader import Contents


def check_results(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="Runs in DIR, results files, folders of runs or of those; all of DIR by default.",
            autocompletion=completion.run,
        ),
    ] = None,
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Say whether results files are whole and agree with their plans; exit code 1 if one is not.

    Files may come from strangers: nothing that they name is opened, loaded or run.

    [b]rnnbench check-results latest[/b]

    [b]rnnbench check-results results/20260102T030405Z[/b]
    """
    from rnnbench.api.reading import tell_of_deeper
    from rnnbench.system.io.streams import tell

    named = runs or [str(out)]
    found = [checked(file) for run in named for file in files(run, out)]
    for run in named:
        tell_of_deeper(run, named, tell)
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        print_files(found)
    raise typer.Exit(any(entry["faults"] for entry in found))


def files(run: str, out: Path) -> list[Path]:
    """Return the results files that are meant: those of a folder of runs, or that of one run.

    Raises:
        UsageError: if there is none.
    """
    from rnnbench.cli.arguments.runs import file_of
    from rnnbench.errors import UsageError
    from rnnbench.results.runs import baselines, folders
    from rnnbench.system.io.files import what_is_at

    path = Path(run)
    own = [path / folders.FILE] * folders.is_file(path / folders.FILE)
    kept = [one.file for one in baselines.entries(path)]
    if found := [*own, *folders.runs(path), *kept]:
        return found
    if path.is_dir() and what_is_at(path / folders.FILE) == "nothing":
        raise UsageError(f"nothing to check: {path} holds no run")
    there_is_nothing = path == out and not path.exists()
    return [file_of(None if there_is_nothing else run, out)]


def checked(file: Path) -> dict[str, Any]:
    """Return the state of a file and its faults as an object."""
    from rnnbench.errors import UsageError
    from rnnbench.results import reader

    try:
        found = reader.load(file)
    except UsageError as error:
        fault = {"line": 1, "what": str(error)}
        none = {"records": 0, "newer": 0, "left": None}
        return {"file": str(file), **none, "faults": [fault], "more_faults": 0, "changes": []}
    return {
        "file": str(file),
        "records": len(found.records),
        "newer": found.unknown,
        "left": left(found),
        "faults": [fault._asdict() for fault in found.faults],
        "more_faults": found.untold,
        "changes": list(found.changes),
    }


def left(found: Contents) -> int:
    """Return the number of comparisons that are not finished."""
    from rnnbench.results.queries import plan_of, streamings
    from rnnbench.results.work_left import Remaining

    remaining = Remaining(plan_of(found.records), found.records).comparisons
    streamed = {one.key for one in streamings(found.records) if one.complete}
    return sum(planned.comparison.key not in streamed for planned in remaining)
