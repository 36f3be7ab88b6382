"""Printing what a run has measured."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from rnnbench.system.io.streams import say
from rnnbench.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rnnbench.analysis.read_rows import Asked, Rows
    from rnnbench.api.measured_run import Run
    from rnnbench.report.publish.selection import Selection
    from rnnbench.report.publish.sources import Source
    from rnnbench.schema.plan import Over
    from rnnbench.schema.records.kinds import AnyRecord

Item = TypeVar("Item")
#: See :func:`keep`.
_KEPT: list[object] = []


def keep(*objects: object) -> None:
    """Keep objects until the program ends, with which they go at once and not one by one."""
    _KEPT.extend(objects)


def without_garbage() -> None:
    """Lose no time with a search for garbage: what is made is printed, and the program ends."""
    gc.disable()


def records_of(file: Path) -> list[AnyRecord]:
    """Read a results file to print what is in it, telling what of it was set aside."""
    from rnnbench.api import reading
    from rnnbench.system.io.streams import tell

    without_garbage()
    return reading.records_of(file, tell)


def rows_of(file: Path, asked: Asked[Item]) -> Rows[Item]:
    """Read the rows of a run to print them; see :func:`rnnbench.api.reading.rows_of`."""
    from rnnbench.api import reading
    from rnnbench.system.io.streams import tell

    without_garbage()
    return reading.rows_of(file, tell, asked)


def source_of(
    file: Path,
    baseline: str | None,
    delta: float | None,
    score_delta: float | None,
    pictures: bool = False,
) -> Source:
    """Read a run to print it; see :func:`rnnbench.api.reading.source_of_file`."""
    from rnnbench.api import reading
    from rnnbench.system.io.streams import tell

    without_garbage()
    return reading.source_of_file(file, tell, baseline, delta, score_delta, pictures)


def measured(
    carry_out: Callable[[Mapping[str, Any]], Run], given: dict[str, Any], quiet: bool
) -> tuple[Run, int]:
    """Return what a command has measured, before the eyes of a terminal, and its exit code.

    Args:
        carry_out: the function of :mod:`rnnbench.api.measuring` that does it.
        given: the options of the command, by name.
        quiet: whether no progress is shown.
    """
    from rnnbench.api.measuring import Interrupted, NotWritten
    from rnnbench.report.progress.display import Terminal
    from rnnbench.running.launch import exit_code

    try:
        found = carry_out({**given, "progress": Terminal(quiet)})
    except (Interrupted, NotWritten) as stopped:
        return stopped.run, stopped.exit_code
    return found, exit_code(found.records)


def print_run(
    run: Source,
    shape: Literal["terminal", "markdown", "json"],
    wanted: Selection | None = None,
) -> None:
    """Print the tables of a run."""
    print_tables([run], shape, wanted)


def print_tables(
    runs: Sequence[Source],
    shape: Literal["terminal", "markdown", "json"],
    wanted: Selection | None = None,
) -> None:
    """Print the tables of runs, one run after the other, or the rows of all as one JSON."""
    from rnnbench.report.formats import markdown, terminal
    from rnnbench.report.publish import blocks, streams
    from rnnbench.report.publish.selection import Selection, chosen, some

    wanted = wanted or Selection()
    if shape == "json":
        kept = chosen(runs, wanted)
        print_json([row for run in kept for row in plain_rows(run, wanted)])
        return
    for run in (some if wanted.filters else chosen)(runs, wanted):
        beside = list(streams.tables([run], wanted))
        if run.over:
            from rnnbench.report.one_run import growth

            beside += growth.tables(run.results, run.over)
        shown = blocks.tables([run], wanted).and_then(beside)
        if shape == "markdown":
            print(markdown.render(run.made.heading, shown))
        else:
            terminal.show(run.made.heading, shown)


def plain_rows(run: Source, wanted: Selection) -> list[dict[str, Any]]:
    """Return the rows of a run as plain objects, in the columns that are wanted."""
    from rnnbench.analysis.row_objects import objects
    from rnnbench.report.formats.json import row_objects
    from rnnbench.report.publish import flat

    if wanted.columns is None and run.streams:
        return [one.plain for one in wanted.ordered(run, run.streams)]
    if wanted.columns is None:
        return objects(wanted.ordered(run, run.results))
    return row_objects(flat.table([run], wanted))


def strict_code(run: Source, code: int) -> int:
    """Return the exit code of a run that is judged strictly, and say which rows fall short.

    Args:
        run: the run.
        code: its exit code otherwise; a failure or an interruption stays one.
    """
    from rnnbench.report.one_run import strictness

    objection = strictness.objection(run.results)
    if objection:
        say(plain(f"rnnbench: --strict: {objection}"))
    return code or (strictness.EXIT_CODE if objection else 0)


def print_scaling(run: Source, over: Over, as_json: bool) -> None:
    """Print how the costs grow in a scaling run."""
    from rnnbench.analysis.growth import growths
    from rnnbench.analysis.speedup import speedups
    from rnnbench.report.formats import terminal
    from rnnbench.report.one_run import growth, speedup

    if as_json and over == "devices":
        print_json([speedup.json_object(one) for one in speedups(run.results)])
        return
    if as_json:
        print_json([growth.json_object(one, over) for one in growths(run.results, over)])
        return
    terminal.show(run.made.heading, growth.tables(run.results, over))


def print_runs(found: list[dict[str, Any]], as_json: bool, none: str) -> None:
    """Print a list of runs; where there are none, the line that says so."""
    from rnnbench.report.lists import runs

    if as_json:
        print_json(found)
    elif found:
        runs.print_runs(found)
    else:
        print(none)


def print_json(found: Any) -> None:
    """Print plain objects as JSON."""
    from rnnbench.report.formats import json

    print(json.text_of(found))
