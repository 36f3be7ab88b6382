"""Printing what a run has measured."""

from __future__ import annotations

import codecs
import gc
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rnnbench.errors import unknown
from rnnbench.system.streams import say
from rnnbench.text import plain

if TYPE_CHECKING:
    from rnnbench.schema.plan import Over
    from rnnbench.schema.records import AnyRecord
    from rnnbench.schema.row import Row


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Replace what is not ASCII by JSON's escapes; see :func:`codecs.register_error`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _escapes(error.object[error.start : error.end]), error.end


@lru_cache(1000)  # most are arrows and dots of ours
def _escapes(letters: str) -> str:
    import json

    return json.dumps(letters)[1:-1]


#: The name of the error handler.
ESCAPED = "rnnbench.escaped"
codecs.register_error(ESCAPED, _escaped)


def records_of(file: Path) -> list[AnyRecord]:
    """Read a results file, telling what of it was set aside.

    What is made of it is printed, and the program ends: no time is lost with a search for garbage.
    """
    from rnnbench.results import reader

    gc.disable()
    found = reader.load(file)
    for line in reader.set_aside(file, found):
        say(plain(line))
    return found.records


def print_run(
    records: list[AnyRecord],
    shape: Literal["terminal", "markdown", "json"],
    baseline: str | None = None,
    delta: float | None = None,
    score_delta: float | None = None,
) -> None:
    """Print the tables of a run."""
    from rnnbench.analysis.row_objects import objects
    from rnnbench.analysis.run_results import row_results
    from rnnbench.measure.scores import SCORE_DELTA
    from rnnbench.measure.verdicts import DELTA
    from rnnbench.report import made, run_tables
    from rnnbench.report.formats import markdown, terminal
    from rnnbench.results.queries import plan_of

    results = row_results(
        records,
        named(baseline, records) if baseline else None,
        delta or DELTA,
        score_delta=score_delta or SCORE_DELTA,
    )
    if shape == "json":
        print_json(objects(results))
        return
    heading, shown = made.heading(records), run_tables.tables(results, baseline or "fastest")
    if over := plan_of(records).scale:
        from rnnbench.report import growth

        shown += growth.tables(results, over)
    if shape == "markdown":
        print(markdown.render(heading, shown))
    else:
        terminal.show(heading, shown)


def strict_code(records: list[AnyRecord], code: int) -> int:
    """Return the exit code of a run that is judged strictly, and say which rows fall short.

    Args:
        records: of the run.
        code: its exit code otherwise; a failure or an interruption stays one.
    """
    from rnnbench.analysis.run_results import row_results
    from rnnbench.report import strictness

    objection = strictness.objection(row_results(records))
    if objection:
        say(plain(f"rnnbench: --strict: {objection}"))
    return code or (strictness.EXIT_CODE if objection else 0)


def print_scaling(records: list[AnyRecord], over: Over, as_json: bool) -> None:
    """Print how the costs grow in a scaling run."""
    from rnnbench.analysis.growth import growths
    from rnnbench.analysis.run_results import row_results
    from rnnbench.report import growth, made
    from rnnbench.report.formats import terminal

    results = row_results(records)
    if as_json:
        print_json([growth.json_object(one, over) for one in growths(results, over)])
        return
    terminal.show(made.heading(records), growth.tables(results, over))


def print_json(found: Any) -> None:
    """Print plain objects as JSON."""
    print(json_text(found))


def json_text(found: Any) -> str:
    """Return plain objects as indented JSON, in ASCII, which every output can take."""
    import msgspec

    ascii_alone = msgspec.json.encode(found).decode().encode("ascii", ESCAPED)
    return msgspec.json.format(ascii_alone, indent=1).decode()


def named(name: str, records: list[AnyRecord]) -> Row:
    """Return the row ``backend:variant`` of a run, or the only one of a backend.

    Raises:
        UsageError: if the run has no such row.
    """
    from rnnbench.results.queries import plan_of

    rows = plan_of(records).rows
    found = [row for row in rows if name in (str(row), row.place)]
    if len(found) != 1:
        raise unknown("row", name, map(str, rows))
    return found[0]
