"""The runs that are published together, and what may not be compared among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from msgspec.structs import replace as replaced

from rnnbench.analysis.read_rows import Asked, Rows, rows_of
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.streaming import StreamResult, stream_results
from rnnbench.errors import UsageError
from rnnbench.measure.scores import SCORE_DELTA
from rnnbench.measure.verdicts import DELTA
from rnnbench.report.publish.names import shortest
from rnnbench.report.run_origin import Made, made
from rnnbench.results.queries import plan_of, trainings, trainings_by_row
from rnnbench.schema.plan import Over, Planned
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row


@dataclass(frozen=True)
class Source:
    """A run that is published.

    Attributes:
        made: how it was made.
        results: its rows.
        planned: its comparisons, by key.
        base: what its ratios are taken to, in words.
        over: the size that a scaling run varies, None for other runs.
        streams: its rows that were given one step at a time.
        trainings: by the key of their comparison, and by row; empty unless they are drawn.
        label: what tells it from the runs beside it; empty where it is alone.
    """

    made: Made
    results: Sequence[RowResult]
    planned: Mapping[str, Planned]
    base: str = "fastest"
    over: Over | None = None
    streams: Sequence[StreamResult] = ()
    trainings: Mapping[str, Mapping[Row, Sequence[Training]]] = field(default_factory=dict)
    label: str = ""

    @property
    def rows(self) -> Sequence[RowResult] | Sequence[StreamResult]:
        """Its rows, of whichever of both kinds they are."""
        return self.results or self.streams


def source(
    records: Sequence[AnyRecord],
    baseline: Row | None = None,
    delta: float = DELTA,
    score_delta: float = SCORE_DELTA,
) -> Source:
    """Return a run; see :func:`rnnbench.analysis.run_results.row_results`."""
    asked = Asked(
        baseline=lambda _: baseline,
        delta=delta,
        score_delta=score_delta,
        beside=lambda own, _: trainings(own),
        kind=Training,
    )
    return with_rows(rows_of(records, asked), baseline, delta)


def with_rows(rows: Rows[Training], baseline: Row | None, delta: float) -> Source:
    """Return a run of which the rows are there, and their trainings if curves of these are drawn.

    Args:
        rows: of the run.
        baseline: what their ratios are taken to, the fastest of each comparison if None.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.
    """
    records, plan = rows.records, plan_of(rows.records)
    streams = stream_results(records, baseline, delta) if plan.stream else []
    there = {one.comparison for one in rows.results} | {
        one.planned.comparison.key for one in streams
    }
    missing = [called(one) for key, one in plan.by_key.items() if key not in there]
    return Source(
        made=replaced(made(records, rows.elapsed), missing=missing),
        results=rows.results,
        planned=plan.by_key,
        base=str(baseline) if baseline else "fastest",
        over=plan.scale,
        streams=streams,
        trainings=trainings_by_row(rows.beside),
    )


def called(planned: Planned) -> str:
    """Return what a comparison of a plan is called beside others."""
    one = planned.comparison
    return f"{one.task} · {one.model}, {planned.sizes}"


def told_apart(sources: Sequence[Source]) -> list[Source]:
    """Return runs with labels: their machines, with the name of the run where one has several.

    Runs of one name have when they began beside it, or what else tells them apart.

    Raises:
        UsageError: if a run is there twice.
    """
    if len(sources) == 1:
        return list(sources)
    again = twice([one.made.run for one in sources if one.made.run])
    if again:
        called = next(one.made.called for one in sources if one.made.run == again)
        raise UsageError(f"run {called} is given twice: name each once")
    places = [one.made.place for one in sources]
    machines = shortest({one.made.place: one.made.places for one in sources})
    by_place: dict[str, dict[int, list[str]]] = {}
    for number, (place, one) in enumerate(zip(places, sources, strict=True)):
        by_place.setdefault(place, {})[number] = one.made.names
    runs = {place: shortest(own) for place, own in by_place.items()}
    found = []
    for number, (place, one) in enumerate(zip(places, sources, strict=True)):
        machine = machines[place] if len(machines) > 1 else ""
        run = runs[place][number] if len(runs[place]) > 1 else ""
        found.append(replace(one, label=" · ".join(filter(None, (machine, run)))))
    return found


def twice(texts: Sequence[str]) -> str | None:
    """Return a text that is there more than once, None if there is none."""
    return next((text for text, count in Counter(texts).items() if count > 1), None)


#: What is the same where figures may be compared, beside the comparison: the data and their split.
Data = tuple[str | None, str | None]


def data(one: RowResult) -> Data:
    """Return on which data, and which parts of them, a row was trained and scored."""
    return one.data_hash, one.split


def obstacles(sources: Sequence[Source]) -> Iterator[str]:
    """Yield what may not be compared though it is called the same: a line per comparison."""
    first: dict[str, tuple[RowResult, str]] = {}
    for where in sources:
        for one in {each.comparison: each for each in where.results}.values():
            other, label = first.setdefault(one.comparison, (one, where.label))
            if data(other) != data(one):
                yield (
                    f"not comparable: {one.task} · {one.model} of {where.label} with that of "
                    f"{label}: the data differ, {told(one)} and {told(other)}"
                )


def told(one: RowResult) -> str:
    """Return the data of a row in words."""
    return ", ".join(filter(None, ((one.data_hash or "")[:12], one.split))) or "none"
