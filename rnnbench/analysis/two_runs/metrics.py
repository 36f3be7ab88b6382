"""What of a row is compared: the metrics, and their figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, get_args

from rnnbench.analysis.row_times import Kind, MeasuredRows, forward_passes, training_steps
from rnnbench.measure import estimates
from rnnbench.measure.estimates import Effect
from rnnbench.measure.groups import Groups, sizes
from rnnbench.measure.scores import ScoreVerdict
from rnnbench.measure.verdicts import Verdict
from rnnbench.schema.records.timing import RowTiming

Metric = Literal["train-step", "forward", "memory", "compile", "score", "latency", "latency-p99"]
METRICS: tuple[Metric, ...] = get_args(Metric)
#: Those of rows that were given one step at a time; the others are of rows that were trained.
OF_STREAMS: frozenset[Metric] = frozenset({"latency", "latency-p99"})
#: A verdict on any of them: times are faster or slower, the others better or worse.
Judgement = Verdict | ScoreVerdict

#: Seconds of compilation below which the first step tells nothing of it; less is taken as this.
LEAST_COMPILE_S = 0.01


class Scale(NamedTuple):
    """How a metric is shown: its unit, and how many there are in what is stored."""

    unit: str
    per_stored: float = 1.0


#: By metric; a score has the unit of its task.
SCALES: dict[Metric, Scale] = {
    "train-step": Scale("ms", 1e3),
    "forward": Scale("ms", 1e3),
    "memory": Scale("MiB", 2.0**-20),
    "compile": Scale("s"),
    "score": Scale(""),
    "latency": Scale("µs", 1e6),
    "latency-p99": Scale("µs", 1e6),
}
#: The blocks of what is timed round by round.
KINDS: dict[Metric, Kind] = {"train-step": training_steps, "forward": forward_passes}
#: What is timed round by round.
IN_ROUNDS: frozenset[Metric] = frozenset({*KINDS, *OF_STREAMS})
#: Metrics that are slower where they are more; of the others more, or less, is worse.
TIMES: frozenset[Metric] = frozenset({*IN_ROUNDS, "compile"})


def effects(measured: MeasuredRows, metric: Metric) -> Sequence[Effect | None]:
    """Return a metric of each measured row, as logarithms; None where it is not known.

    Raises:
        ValueError: for a score, which belongs to trainings.
    """
    if metric in KINDS:
        return measured.blocks(KINDS[metric]).effects
    if metric == "memory":
        return _over_processes(list(map(_memory, measured.rows)))
    if metric == "compile":
        return _over_processes(list(_compilations(measured)))
    raise ValueError(f"a {metric} is no figure of a timing")


def _memory(row: RowTiming) -> list[int]:
    """Return the peak memory of each process of a row in bytes, none where one is not known."""
    known = [process.peak_memory for process in row.processes if process.peak_memory]
    return known if len(known) == len(row.processes) else []


def _compilations(measured: MeasuredRows) -> Iterator[list[float]]:
    """Yield how much longer the first step of each process of a row took than a steady one."""
    steps = effects(measured, "train-step")
    for row, step in zip(measured.rows, steps, strict=True):
        steady = math.exp(step.centre) if step else 0.0
        longer = [max(LEAST_COMPILE_S, one.first_step_s - steady) for one in row.processes]
        yield longer if step else []


def _over_processes(figures: Sequence[Sequence[float]]) -> list[Effect | None]:
    """Return the centre of what each process of a row has once, None for a row without any."""
    each = [[math.log(figure)] for row in figures for figure in row]
    return estimates.effects(Groups.of(each), sizes(figures))
