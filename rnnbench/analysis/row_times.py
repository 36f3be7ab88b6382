"""The times of measured rows, computed from their samples for all rows of a run at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import msgspec
import numpy as np

from rnnbench.measure import ratios
from rnnbench.measure.disturbance import disturbed
from rnnbench.measure.estimates import Effect, effects
from rnnbench.measure.groups import Groups
from rnnbench.schema.records.timing import ProcessTiming, RowTiming, Timing
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample
from rnnbench.schema.status import MEASURED
from rnnbench.text import many

#: A row over itself.
UNITY = Effect(0.0, 0.0, 0.0)
#: Which blocks of a process are meant: of training steps or of forward passes.
Kind = Callable[[ProcessTiming], Sequence[Sample]]


def training_steps(process: ProcessTiming) -> Sequence[Sample]:
    """Return the blocks of training steps of a process."""
    return process.steps


def forward_passes(process: ProcessTiming) -> Sequence[Sample]:
    """Return the blocks of forward passes of a process."""
    return process.forwards


class RowTimes(msgspec.Struct, frozen=True):
    """The times of one row.

    Attributes:
        step: a training step, in seconds; None without an undisturbed round.
        forward: a forward pass, likewise.
        ratio: the training step over that of the base, within rounds; None unless they have as many
            undisturbed rounds in common as an interval needs.
        low: the tenth of all blocks of training steps below which the others lie, in seconds.
        rounds: rounds that were played by all processes together, ``clean`` of them undisturbed.
        unranked: why there is no ratio, None if there is one.
    """

    step: Effect | None
    forward: Effect | None
    ratio: Effect | None
    low: float
    rounds: int
    clean: int
    unranked: str | None = None


@dataclass(frozen=True)
class Blocks:
    """The timed blocks of one kind of many rows, as arrays.

    Attributes:
        times: logarithms of the seconds per call, a group per process.
        disturbed: which blocks lost time to others.
        steady: which were taken since their row has been steady.
        processes: how many each row has.
    """

    times: Groups
    disturbed: np.ndarray
    steady: np.ndarray
    processes: np.ndarray

    @classmethod
    def of(cls, rows: Sequence[RowTiming], kind: Kind) -> Blocks:
        """Take the blocks from the records."""
        samples = [kind(process) for row in rows for process in row.processes]
        times = ratios.log_times(samples)
        processes = np.array([len(row.processes) for row in rows], int)
        steady_from = np.repeat(np.array([row.steady_from for row in rows], int), processes)
        steady = times.places >= steady_from[times.owners]
        return cls(times, disturbed(samples), steady, processes)

    @cached_property
    def clean(self) -> Groups:
        """The times that count, NaN in place of the others."""
        counts = self.steady & ~self.disturbed
        return self.times.changed(np.where(counts, self.times.values, np.nan))

    @property
    def effects(self) -> list[Effect | None]:
        """The time of each row, None where it has no such block."""
        return effects(self.clean, self.processes)

    def ratios(self, pairs: Sequence[tuple[int, int]]) -> list[Effect | None]:
        """Return the ratios of rows to others within the rounds in which both are clean.

        Args:
            pairs: numbers of two rows with the same processes and rounds.
        """
        clean, rows = self.clean.values, self.times.joined(self.processes)
        upper, lower = np.array(pairs, int).reshape(-1, 2).T
        sizes, processes = rows.sizes[upper], self.processes[upper]
        offsets = Groups(np.arange(sizes.sum()), sizes).places
        times, others = (
            clean[np.repeat(rows.starts[which], sizes) + offsets] for which in (upper, lower)
        )
        first = np.cumsum(self.processes)[upper] - processes
        each = np.repeat(first, processes) + Groups(np.arange(processes.sum()), processes).places
        return effects(Groups(times - others, self.times.sizes[each]), processes)


class MeasuredRows:
    """The measured rows of a run, and their blocks, which are taken from the records once.

    Attributes:
        timings: of all comparisons.
        comparisons: the rows of each that were measured.
        rows: all of these.
    """

    def __init__(self, timings: Sequence[Timing]) -> None:
        """Take them from the records of comparisons."""
        self.timings = timings
        self.comparisons = [measured_rows(timing) for timing in timings]
        self.rows = [row for comparison in self.comparisons for row in comparison]
        self._blocks: dict[Kind, Blocks] = {}

    def blocks(self, kind: Kind) -> Blocks:
        """Return the blocks of a kind."""
        if kind not in self._blocks:
            self._blocks[kind] = Blocks.of(self.rows, kind)
        return self._blocks[kind]


def row_times(measured: MeasuredRows, baseline: Row | None = None) -> list[dict[Row, RowTimes]]:
    """Return the times of the rows that were measured, by row for each comparison.

    Args:
        measured: the rows.
        baseline: what ratios are taken to, none where it was not measured; None for the fastest
            row of each comparison, of those that tie the one that is ahead within rounds.
    """
    steps = measured.blocks(training_steps)
    times = steps.effects
    bases = bases_of(measured.comparisons, times, baseline)
    to_bases = ratios_to(bases, steps)
    if baseline is None:
        bases, to_bases = led(measured.comparisons, bases, to_bases, steps)
    lows = ratios.low(steps.times, steps.processes).tolist()
    whole = steps.times.joined(steps.processes)
    figures = zip(
        times,
        measured.blocks(forward_passes).effects,
        to_bases,
        lows,
        whole.sizes.tolist(),
        whole.count(~steps.disturbed).tolist(),
        unranked(measured, bases, steps, times, to_bases, baseline),
        strict=True,
    )
    return [{row.row: RowTimes(*next(figures)) for row in rows} for rows in measured.comparisons]


def step_times(timings: Sequence[Timing]) -> list[dict[Row, Effect]]:
    """Return the training steps of the rows that have some, by row for each comparison."""
    measured = MeasuredRows(timings)
    times = iter(measured.blocks(training_steps).effects)
    return [
        {row.row: effect for row in rows if (effect := next(times)) is not None}
        for rows in measured.comparisons
    ]


def measured_rows(timing: Timing) -> list[RowTiming]:
    """Return the rows of a comparison that were measured, the last of each name."""
    return list({row.row: row for row in timing.rows if row.status in MEASURED}.values())


def bases_of(
    measured: Sequence[Sequence[RowTiming]], times: Sequence[Effect | None], baseline: Row | None
) -> list[int | None]:
    """Return the number of the row that each row's ratio is taken to, None where there is none.

    A row of which too few blocks count for an interval is no base.
    """
    found: list[int | None] = []
    for comparison in measured:
        numbers = range(len(found), len(found) + len(comparison))
        own = {
            number: times[number]
            for number, row in zip(numbers, comparison, strict=True)
            if baseline in (None, row.row)
        }
        found += [ratios.fastest(own)] * len(comparison)
    return found


def led(
    measured: Sequence[Sequence[RowTiming]],
    bases: list[int | None],
    to_bases: list[Effect | None],
    steps: Blocks,
) -> tuple[list[int | None], list[Effect | None]]:
    """Return bases and ratios to them, to the row that is ahead within rounds where that is better.

    Args:
        measured: the rows of each comparison.
        bases: the number of the fastest one, for each row.
        to_bases: the ratios to it.
        steps: their blocks.
    """
    ends = list(accumulate(map(len, measured)))
    parts = [slice(end - len(rows), end) for end, rows in zip(ends, measured, strict=True)]
    ahead = list(bases)
    for part in parts:
        own = dict(enumerate(to_bases[part], part.start))
        ahead[part] = [ratios.leader(own)] * len(own)
    if ahead == bases:
        return bases, to_bases
    found = ratios_to(ahead, steps)
    for part in parts:
        if not ratios.is_better(found[part], to_bases[part]):
            ahead[part], found[part] = bases[part], to_bases[part]
    return ahead, found


def ratios_to(bases: Sequence[int | None], steps: Blocks) -> list[Effect | None]:
    """Return the ratio of every row to its base, None where that or an interval is missing."""
    found = [UNITY if base == number else None for number, base in enumerate(bases)]
    pairs = [
        (number, base) for number, base in enumerate(bases) if base is not None and base != number
    ]
    for (row, _), ratio in zip(pairs, steps.ratios(pairs), strict=True):
        found[row] = ratio if ratio and ratio.has_interval else None
    return found


def unranked(
    measured: MeasuredRows,
    bases: Sequence[int | None],
    steps: Blocks,
    times: Sequence[Effect | None],
    to_bases: Sequence[Effect | None],
    baseline: Row | None,
) -> Iterator[str | None]:
    """Yield why a row has no ratio to its base, None where it has one."""
    whole = steps.clean.joined(steps.processes)
    played, counted = whole.sizes.tolist(), whole.known().sizes.tolist()
    for number, (row, base) in enumerate(zip(measured.rows, bases, strict=True)):
        time = times[number]
        if to_bases[number] is not None:
            yield None
        elif time is None or not time.has_interval:
            yield too_few(counted[number], played[number], since=row.steady_from)
        elif base is None:
            yield f"{baseline} has no time to rank by"
        else:
            name = measured.rows[base].row
            yield f"too few of its undisturbed blocks are of rounds that {name} has, too"


def too_few(counted: int, played: int, since: int) -> str:
    """Return that a row has too few blocks that count, and what that is due to.

    Args:
        counted: how many count.
        played: how many there are.
        since: the round from which on it was steady.
    """
    if counted == played:
        return f"{many(played, 'block')} in the time given, too few for an interval"
    steady = " and steady" if since else ""
    return f"{counted} of {many(played, 'block')} undisturbed{steady}, too few for an interval"
