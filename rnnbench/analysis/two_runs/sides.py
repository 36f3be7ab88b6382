"""One side of a comparison of two: the rows of a run, or those of one environment in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from rnnbench.analysis.learning.scores import Trained, trained_rows
from rnnbench.analysis.row_fields.ended import end
from rnnbench.analysis.row_times import MeasuredRows
from rnnbench.analysis.two_runs import streams
from rnnbench.analysis.two_runs.metrics import KINDS, OF_STREAMS, Metric, effects
from rnnbench.errors import UsageError, unknown
from rnnbench.measure.estimates import Effect, Estimate
from rnnbench.results.identity import leaves, without_cpus
from rnnbench.results.queries import (
    opened_of,
    planned_of,
    run_of,
    shown_streamings,
    shown_timings,
    trainings,
)
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.streaming import Streaming
from rnnbench.schema.records.timing import RowTiming, Timing
from rnnbench.schema.row import Row
from rnnbench.schema.status import Status

#: What an environment is called that is none: the one of rnnbench itself.
HERE = "."


class Key(NamedTuple):
    """What is the same on both sides: the key of a comparison, and the row."""

    comparison: str
    row: Row


class RowOnASide(msgspec.Struct, frozen=True):
    """A row on one side.

    Attributes:
        planned: its comparison.
        status: how it ended, trainings included; ``reason`` in one line unless ``ok``.
        figures: the metrics that are known of it, but for the score.
        scores: by seed; empty unless all trainings were finished.
        score: their mean, None likewise.
        kernel: the code that ran, None where none did.
        facts: what its worker reported, by dotted names.
    """

    planned: Planned
    status: Status
    reason: str | None
    figures: Mapping[Metric, Effect]
    scores: Mapping[int, float]
    score: Estimate | None
    kernel: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Side:
    """One side: its run, and the rows that were timed, or failed to be."""

    run: Run
    rows: Mapping[Key, RowOnASide]


#: The ratios of rows that were timed side by side, new over old.
Paired = Mapping[tuple[Key, Metric], Effect]


class Sides(NamedTuple):
    """What is held against each other.

    Attributes:
        old, new: the sides.
        names: what they are called.
        headings: what each of them is, in one line.
        paired: the ratios of what was measured side by side.
    """

    old: Side
    new: Side
    names: tuple[str, str] = ("old", "new")
    headings: tuple[str, str] = ("", "")
    paired: Paired = MappingProxyType({})


def side(
    records: Sequence[AnyRecord],
    metrics: Collection[Metric],
    measured: MeasuredRows | None = None,
) -> Side:
    """Return a run as one side.

    Args:
        records: of the run.
        metrics: those whose figures are wanted.
        measured: the rows with figures, where the caller needs their blocks as well.
    """
    timed, planned, opened = shown_timings(records), planned_of(records), opened_of(records)
    run = run_of(records)
    facts = {row: leaves(without_cpus(worker)) for row, worker in opened.items()}
    if run.plan.stream:
        return Side(run, _streamed(shown_streamings(records), planned, metrics, facts))
    trained = trained_rows(timed, trainings(records), len(run.plan.seeds))
    measured = measured or MeasuredRows(timed)
    figures = _figures(measured, [metric for metric in metrics if metric != "score"])
    rows = {}
    for timing in timed:
        for row in timing.rows:
            key, own = Key(timing.key, row.row), figures.get(id(row), {})
            known = facts.get(row.row, {})
            rows[key] = _row(planned[timing.key], row, trained[key], own, known)
    return Side(run, rows)


def _streamed(
    found: Sequence[Streaming],
    planned: Mapping[str, Planned],
    metrics: Collection[Metric],
    facts: Mapping[Row, Mapping[str, Any]],
) -> dict[Key, RowOnASide]:
    """Return the rows that were given one step at a time, which have no scores."""
    return {
        Key(one.key, row.row): RowOnASide(
            planned=planned[one.key],
            status=row.status,
            reason=row.reason,
            figures=streams.figures(row, metrics),
            scores={},
            score=None,
            kernel=row.kernel,
            facts=facts.get(row.row, {}),
        )
        for one in found
        for row in one.rows
    }


def _row(
    planned: Planned,
    row: RowTiming,
    learnt: Trained,
    figures: Mapping[Metric, Effect],
    facts: Mapping[str, Any],
) -> RowOnASide:
    status, why = end(row, learnt)
    return RowOnASide(planned, status, why, figures, learnt.scores, learnt.score, row.kernel, facts)


def _figures(measured: MeasuredRows, metrics: Sequence[Metric]) -> dict[int, dict[Metric, Effect]]:
    """Return the metrics of the measured rows, by the identity of their records."""
    found: dict[int, dict[Metric, Effect]] = {id(row): {} for row in measured.rows}
    for metric in metrics:
        for row, effect in zip(measured.rows, effects(measured, metric), strict=True):
            if effect is not None:
                found[id(row)][metric] = effect
    return found


def environments(
    records: Sequence[AnyRecord], metrics: Collection[Metric], old: str, new: str
) -> Sides:
    """Return two environments of a run as two sides, with the ratios within its rounds.

    Args:
        records: of the run.
        metrics: those whose figures are wanted.
        old: the name of an environment, :data:`HERE` for that of rnnbench itself.
        new: likewise.

    Raises:
        UsageError: if the run has no row in one of them, or they are one.
    """
    timed = shown_timings(records)
    measured = MeasuredRows(timed) if timed else None
    whole = side(records, metrics, measured)
    there = {row.environment or HERE for row in whole.run.plan.rows}
    for name in (old, new):
        if name not in there:
            raise unknown("environment of this run", name, there)
    if old == new:
        raise UsageError(f"--between {old},{new}: these are one environment")
    base, head = ("" if name == HERE else name for name in (old, new))
    if measured:
        paired = _paired(timed, measured, metrics, base, head)
    else:
        paired = _paired_streams(shown_streamings(records), metrics, base, head)
    return Sides(_part(whole, base), _part(whole, head), (old, new), paired=paired)


def _part(whole: Side, environment: str) -> Side:
    """Return the rows of one environment, called as if they were in none."""
    rows = {
        Key(key.comparison, replace(key.row, environment="")): row
        for key, row in whole.rows.items()
        if key.row.environment == environment
    }
    return Side(whole.run, rows)


def _paired_streams(
    found: Sequence[Streaming], metrics: Collection[Metric], old: str, new: str
) -> Paired:
    """Return the ratios of the latencies of rows in two environments, within rounds."""
    rows = {Key(one.key, row.row): row for one in found for row in one.rows}
    ratios: dict[tuple[Key, Metric], Effect] = {}
    for key, row in rows.items():
        other = rows.get(key._replace(row=replace(key.row, environment=old)))
        if key.row.environment == new and other:
            name = key._replace(row=replace(key.row, environment=""))
            own = {
                metric: streams.ratio(other, row, metric) for metric in OF_STREAMS & set(metrics)
            }
            ratios |= {(name, metric): one for metric, one in own.items() if one}
    return ratios


def _paired(
    timed: Sequence[Timing],
    measured: MeasuredRows,
    metrics: Collection[Metric],
    old: str,
    new: str,
) -> Paired:
    """Return the ratios of the times of rows in two environments, within the rounds of a run."""
    names = [
        Key(timing.key, row.row)
        for timing, rows in zip(timed, measured.comparisons, strict=True)
        for row in rows
    ]
    numbers = {key: number for number, key in enumerate(names)}
    pairs = {
        key._replace(row=replace(key.row, environment="")): (numbers[key], numbers[other])
        for key in names
        if key.row.environment == new
        and (other := key._replace(row=replace(key.row, environment=old))) in numbers
    }
    found: dict[tuple[Key, Metric], Effect] = {}
    for metric in KINDS.keys() & set(metrics):
        ratios = measured.blocks(KINDS[metric]).ratios(list(pairs.values()))
        rounds_enough = zip(pairs, ratios, strict=True)
        found |= {(k, metric): r for k, r in rounds_enough if r and r.has_interval}
    return found
