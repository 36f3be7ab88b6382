"""The history of the rows of a comparison: over the runs on one machine, by date and revision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.one_run.columns import score, step
from rnnbench.report.pictures.history import step_times
from rnnbench.report.publish.sources import Source
from rnnbench.report.tables import Column, Table
from rnnbench.site.comparisons import Entry
from rnnbench.site.pictures import Picture


class History(NamedTuple):
    """What a page tells of the runs of a comparison.

    Attributes:
        pictures: one per machine that has several.
        table: a line per row and run.
    """

    pictures: Sequence[Picture]
    table: Table


def history(entry: Entry) -> History | None:
    """Return the history of a comparison, None unless a machine has run it twice."""
    by_place: dict[str, list[tuple[Source, list[RowResult]]]] = {}
    for source, results in entry.blocks:
        by_place.setdefault(source.made.place, []).append((source, results))
    several = {place: own for place, own in by_place.items() if len(own) > 1}
    if not several:
        return None
    pictures = [
        Picture(panel, "Time of a training step", place)
        for place, own in several.items()
        if (panel := step_times([(source.made, results) for source, results in own], entry.names))
    ]
    lines = [
        (str(one.row), source.made, one)
        for own in several.values()
        for source, results in own
        for one in results
    ]
    lines.sort(key=lambda line: (line[0], line[1].place, line[1].started))
    first = entry.first
    return History(
        pictures,
        Table(
            title="History",
            setting="",
            columns=[
                *(Column("row", ""), Column("started", "started"), Column("run", "run")),
                *(Column("commit", "commit"), Column("with", "with"), Column("machine", "machine")),
                Column("train_step_ms", "train step", "ms", "estimate"),
                Column("score", first.score_name, "", "estimate"),
            ],
            rows=[
                [
                    *(name, made.when, made.called, (made.git or "")[:12], made.with_what),
                    *(made.place, step(one), score(one)),
                ]
                for name, made, one in lines
            ],
        ),
    )
