"""The kinds of pictures: what each shows, and how it is drawn from the records of a run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from rnnbench.analysis.learning.curves import finished
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.run_results import row_results
from rnnbench.analysis.streaming import stream_results
from rnnbench.report.pictures import (
    KindName,
    intervals,
    left_out,
    memory,
    scaling,
    streaming,
)
from rnnbench.report.pictures.learning import groups, losses, on_the_way, scores
from rnnbench.report.pictures.panel import Comparison, Panel
from rnnbench.results.queries import plan_of, planned_of, trainings, trainings_by_row
from rnnbench.schema.records.kinds import AnyRecord

#: What is drawn of one comparison; None where it lacks the figures.
DRAWN: dict[KindName, Callable[[Comparison], Panel | None]] = {
    "time": intervals.step_times,
    "learning": losses.learning_curves,
    "score": scores.scores_against_time,
    "to-target": on_the_way.scores_on_the_way,
    "over-length": groups.over_groups,
    "peak": intervals.shares_of_peak,
    "memory": memory.memory,
}
TITLES: dict[KindName, str] = {
    "time": "Time of a training step",
    "learning": "Learning curves",
    "score": "Score against time of training",
    "to-target": "Score over time, to the target",
    "over-length": "Score over length",
    "peak": "Share of the peak",
    "memory": "Memory",
    "scaling": "How costs grow",
    "latency": "Latency of a step",
    "gradient-flow": "How gradients flow back through time",
    "attention": "What it attends to while it writes",
}
#: Why a kind can't be drawn of a run.
LACKING: dict[KindName, str] = {
    "time": "no row was timed undisturbed",
    "learning": "no training was finished",
    "score": "no training was finished",
    "to-target": "no row that was timed undisturbed was scored on its way to a target",
    "over-length": "no task tells sequences apart by length, as formal-language does",
    "peak": "of no row the share of the peak is known",
    "memory": "of no row the memory is known",
    "scaling": "it is no run of rnnbench scale",
    "latency": "no row was given one step at a time, as rnnbench stream does",
    "gradient-flow": "it is drawn from a file that rnnbench gradient-flow --output has written",
    "attention": "it is drawn from the weights of a net, which run --save-weights keeps",
}


def lacking(kind: KindName, records: Sequence[AnyRecord]) -> str:
    """Return why a kind can't be drawn of a run."""
    if kind == "time" and plan_of(records).stream:
        return "its rows were given one step at a time: --kind latency"
    if kind in ("to-target", "over-length") and not finished(trainings(records)):
        kind = "learning"  # it is no fault of the task's
    return LACKING[kind]


def comparisons(results: Iterable[RowResult], records: Iterable[AnyRecord]) -> Iterator[Comparison]:
    """Yield the comparisons of a run, each with its trainings.

    Args:
        results: of one run.
        records: of the same.
    """
    found = trainings_by_row(records)
    for key, own in groupby(results, key=attrgetter("comparison")):
        yield Comparison(list(own), found.get(key, {}))


def panels(kind: KindName, records: Sequence[AnyRecord]) -> list[Panel]:
    """Draw one kind of picture of a run: a panel per comparison, or per cost of a scaling run.

    Args:
        kind: which.
        records: of the run.
    """
    return pictured(kind, records)[0]


def pictured(kind: KindName, records: Sequence[AnyRecord]) -> tuple[list[Panel], list[str]]:
    """Draw one kind of picture of a run; also return which comparisons it leaves out.

    Args:
        kind: which.
        records: of the run.
    """
    if kind == "latency":
        return streamed(records)
    results, over = row_results(records), plan_of(records).scale
    if kind == "scaling":
        return (scaling.curves(results, over) if over else []), []
    if kind in ("gradient-flow", "attention"):
        return [], []  # no run tells it
    found = [(one, DRAWN[kind](one)) for one in comparisons(results, records)]
    known = {one.first.comparison: one for one, _ in found}
    drawn = {one.first.comparison for one, panel in found if panel is not None}
    panels = [panel for _, panel in found if panel is not None]
    return panels, missing(kind, records, known, drawn)


def streamed(records: Sequence[AnyRecord]) -> tuple[list[Panel], list[str]]:
    """Draw the latencies of a run; also return which comparisons are left out."""
    results = stream_results(records)
    known = {one.planned.comparison.key: Comparison([]) for one in results}
    drawn = {one.planned.comparison.key for one in results if one.latency_us}
    return streaming.latencies(results), missing("latency", records, known, drawn)


def missing(
    kind: KindName,
    records: Sequence[AnyRecord],
    known: Mapping[str, Comparison],
    drawn: Collection[str],
) -> list[str]:
    """Return which comparisons of a run a picture leaves out, a line per reason.

    Args:
        kind: of the picture.
        records: of the run.
        known: the comparisons that were measured, by key.
        drawn: the keys of those that are drawn.
    """
    planned = planned_of(records)
    others = {key: known.get(key) for key in planned if key not in drawn}
    return left_out.lines(kind, planned, others)
