"""The table of rows that were given one step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from rnnbench.analysis.streaming import ESTIMATES, FACTS, StreamResult
from rnnbench.report.numbers import quantity, where
from rnnbench.report.one_run import best
from rnnbench.report.one_run.columns import NAME, Shown, ratio, title
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.schema.status import MEASURED
from rnnbench.text import many

#: What people see of a row; the verdict only where there is one.
USUAL = ("latency_us", "p99_us", "steps_per_s", "ratio", "verdict", "first_step_s", "kernel")
#: What is called otherwise than its key, and the units of figures.
TITLES = {
    "latency_us": ("latency", "µs, median"),
    "p99_us": ("99th percentile", "µs"),
    "steps_per_s": ("steps", "per s"),
    "ratio": ("of fastest", "×"),
    "first_step_s": ("first step", "s"),
}
FIGURES = frozenset({"first_step_s", "error"})
COUNTS = frozenset({"hidden", "layers", "batch", "threads", "params", "rounds", "clean"})


@cache
def facts() -> dict[str, Shown]:
    """Return all that is known of a row, by the names that ``show --json`` has."""
    return {name: fact(name, attrgetter(place)) for name, place in FACTS.items()}


def fact(name: str, value: Any) -> Shown:
    """Return a column, given what takes its value from a row."""
    words, unit = TITLES.get(name, (title(name), ""))
    if name in ESTIMATES:
        return Shown(Column(name, words, unit, "estimate"), lambda one: quantity(value(one)))
    if name in FIGURES:
        return Shown(Column(name, words, unit, "figure"), lambda one: Quantity(value(one)))
    if name in COUNTS:
        return Shown(Column(name, words, unit, "count"), lambda one: Quantity(value(one)))
    return Shown(Column(name, words, unit), lambda one: value(one) or None)


def table(
    results: Sequence[StreamResult], base: str = "fastest", wanted: Sequence[str] | None = None
) -> Table:
    """Return the rows of one comparison in one run.

    Args:
        results: these rows.
        base: what ratios are taken to, in words.
        wanted: the keys of columns, the usual ones by default.
    """
    planned = results[0].planned
    own = planned.comparison
    shown = [NAME, *(facts()[key] for key in (usual(results) if wanted is None else wanted))]
    first = shown[1].column.key if len(shown) > 1 else ""
    cells = [[said(column, one, first) for column in shown] for one in results]
    return Table(
        title=f"{own.task} · {own.model} · one step at a time",
        setting=f"{planned.sizes} · {where(own.device, own.threads, own.dtype)}",
        columns=[heading(one.column, base) for one in shown],
        rows=best.marked(results, [one.column.key for one in shown], cells),
        notes=notes(results),
    )


def usual(results: Sequence[StreamResult]) -> list[str]:
    """Return the keys of the usual columns."""
    judged = any(one.verdict for one in results)
    return [key for key in USUAL if judged or key != "verdict"]


def heading(column: Column, base: str) -> Column:
    """Return a column whose heading says what ratios are taken to."""
    return replace(column, title=f"of {base}") if column.key == "ratio" else column


def said(shown: Shown, one: StreamResult, first: str) -> Cell:
    """Return what stands in a row; one without figures says why in the first of them."""
    if shown.column.key == "ratio":
        return ratio(one)
    cell = shown.cell(one)
    if shown.column.key != first or not isinstance(cell, Quantity) or cell.value is not None:
        return cell
    if one.status not in MEASURED:
        return one.status
    return "disturbed" if one.rounds else None


def notes(results: Sequence[StreamResult]) -> list[str]:
    """Return what stands below a table."""
    rounds, clean = (sum(getattr(one, name) for one in results) for name in ("rounds", "clean"))
    found = ["from an input in NumPy to its output there, the state carried by the framework"]
    known = [one.error for one in results if one.status in MEASURED and one.error is not None]
    if known:
        found.append(
            "one step at a time is the whole: the outputs of audited blocks differ from the "
            f"oracle's of whole sequences by {max(known):.1e} at most"
        )
    found.append(f"{rounds - clean} of {many(rounds, 'block')} disturbed by others")
    return [*failures(results), *found]


def failures(results: Sequence[StreamResult]) -> list[str]:
    """Return a line for each row that has no figures."""
    return [f"{one.row}: {one.reason}" for one in results if one.reason]
