"""The tables of a site on what was run where: systems, machines, runs and versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.publish.sources import Source
from rnnbench.report.tables import Cell, Column, Quantity, Table


def systems(sources: Sequence[Source]) -> Table:
    """Return a line per model and task: how many rows, and how well they agree."""
    found: dict[tuple[str, str], list[RowResult]] = {}
    for source in sources:
        for one in source.results:
            found.setdefault((one.model, one.task), []).append(one)
    return table(
        "Systems",
        [
            *("model", "task", "comparisons", "rows", "ok", "others"),
            *("parameters, at most", "error, at most"),
        ],
        [
            [
                *(model, task, Quantity(len({one.comparison for one in own})), Quantity(len(own))),
                *(Quantity(sum(one.status == "ok" for one in own)), others(own)),
                Quantity(max((one.params for one in own if one.params is not None), default=None)),
                largest_error(own),
            ]
            for (model, task), own in sorted(found.items())
        ],
    )


def others(results: Iterable[RowResult]) -> str | None:
    """Return how many rows ended in each other way than ``ok``, None if none did."""
    ends = Counter(one.status for one in results if one.status != "ok")
    return ", ".join(f"{count} {end}" for end, count in sorted(ends.items(), key=by_count)) or None


def by_count(end: tuple[str, int]) -> tuple[int, str]:
    """Return what the ends of rows are ordered by: the most frequent first."""
    return -end[1], end[0]


def largest_error(results: Iterable[RowResult]) -> Quantity:
    """Return the largest error against the oracle of rows that passed."""
    errors = (one.parity_error for one in results if one.status == "ok")
    known = (error for error in errors if error is not None)
    return Quantity(max(known, default=None), form="scientific")


def machines(sources: Sequence[Source]) -> Table:
    """Return a line per machine."""
    found: dict[str, list[Source]] = {}
    for source in sources:
        found.setdefault(source.made.place, []).append(source)
    return table(
        "Machines",
        ["processor", "GPUs", "CPUs", "memory, GiB", "system", "Python", "runs"],
        [
            [
                *(one.cpu, ", ".join(one.gpus) or None, Quantity(one.cpus)),
                Quantity(round(one.memory_gib)),
                *(one.system, one.python, Quantity(len(own))),
            ]
            for own in found.values()
            for one in [own[0].made.machine]
        ],
    )


def runs(sources: Sequence[Source]) -> Table:
    """Return a line per run, the newest first."""
    newest = sorted((one.made for one in sources), key=lambda one: one.started, reverse=True)
    return table(
        "Runs",
        ["run", "started", "machine", "with", "commit", "repeat it with"],
        [
            [one.called, one.when, one.place, one.with_what, (one.git or "")[:12], one.again]
            for one in newest
        ],
    )


def versions(sources: Sequence[Source]) -> Table:
    """Return a line per version of a library, with the runs that it computed."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in sources:
        for name, version in {"rnnbench": one.made.rnnbench, **one.made.versions}.items():
            found.setdefault((name, version), []).append(one.made.called)
    return table(
        "Versions",
        ["library", "version", "runs", "called"],
        [
            [name, version, Quantity(len(own)), ", ".join(own)]
            for (name, version), own in sorted(found.items())
        ],
    )


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    """Return a table; a column of counts is known by its cells."""
    by_column = list(zip(*rows, strict=True)) or [()] * len(heads)
    columns = [
        Column(head, name, unit, "text" if are_texts(cells) else "count")
        for head, cells in zip(heads, by_column, strict=True)
        for name, _, unit in [head.partition(", ")]
    ]
    return Table(title, "", columns, rows)


def are_texts(cells: Iterable[Cell]) -> bool:
    """Return whether a column has texts."""
    return all(isinstance(cell, str | None) for cell in cells)
