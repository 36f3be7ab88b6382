"""Why rows of many comparisons have no figures: a line per reason, with all that it holds for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.one_run import tables as run_tables
from rnnbench.report.publish.sources import Source
from rnnbench.schema.row import Row
from rnnbench.schema.status import Status


class Failure(NamedTuple):
    """How a row ended, and why, in words that may hold for others."""

    row: Row
    status: Status
    reason: str


def failures(pairs: Sequence[tuple[Source, RowResult]]) -> Iterator[str]:
    """Yield why rows have no figures.

    Reasons that differ in the cell or the network alone stand in one line, without its name, which
    that of its comparison has; so do those that differ in the row alone.
    """
    known = [
        (
            Failure(one.row, one.status, unnamed(one, one.reason)),
            one.reason,
            place(where.label, one),
        )
        for where, one in pairs
        if one.reason is not None
    ]
    alike: dict[Failure, set[str]] = {}
    for short, reason, _ in known:
        alike.setdefault(short, set()).add(reason)
    places: dict[Failure, list[str]] = {}
    for short, reason, name in known:
        found = short if len(alike[short]) > 1 else short._replace(reason=reason)
        places.setdefault(found, []).append(name)
    yield from lines(places)


def unnamed(one: RowResult, reason: str) -> str:
    """Return a reason without the names of cell and network that the name of the row's model has.

    They stand in quotes: ``no kernel for the cell 'jordan'``.
    """
    for name in one.model.split(" · "):
        if name in (one.network, one.cell):
            reason = reason.replace(f" {name!r}", "")
    return reason


def lines(places: dict[Failure, list[str]]) -> Iterator[str]:
    """Yield a line for all rows that ended alike in the same comparisons."""
    rows: dict[tuple[str, Status, str], list[Failure]] = {}
    for one, names in places.items():
        rest = one.reason.removeprefix(f"{one.row} ")
        rows.setdefault((", ".join(names), one.status, rest), []).append(one)
    for (where, status, rest), own in rows.items():
        reason = own[0].reason if len(own) == 1 else rest
        yield f"{where}: {', '.join(str(one.row) for one in own)} {status}: {reason}"


def shared(told: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    """Yield what is told of comparisons, a line for all of which the same is told.

    Args:
        told: the name of each, and lines.
    """
    where: dict[str, list[str]] = {}
    for name, said in told:
        for each in said:
            where.setdefault(each, []).append(name)
    yield from (f"{', '.join(names)}: {what}" for what, names in where.items())


def place(label: str, one: RowResult) -> str:
    """Return the comparison of a row, with what tells its run from others."""
    return ": ".join(filter(None, (label, run_tables.title(one))))
