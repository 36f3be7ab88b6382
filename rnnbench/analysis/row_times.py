"""The figures of one comparison, computed from its samples whenever they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from rnnbench.measure import estimates, ratios
from rnnbench.measure.estimates import Effect, Estimate
from rnnbench.measure.ratios import Series
from rnnbench.schema.records import RowTiming, Timing
from rnnbench.schema.row import Row
from rnnbench.schema.status import MEASURED

#: A row over itself.
UNITY = Effect(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Figures:
    """The times of one row.

    Attributes:
        step: a training step, in seconds; None without an undisturbed round.
        forward: a forward pass, likewise.
        ratio: the training step over that of the base, within rounds; None if they have no
            undisturbed round in common.
        low: the tenth of all blocks of training steps below which the others lie, in seconds.
        rounds: rounds that were played by all processes together, ``clean`` of them undisturbed.
    """

    step: Effect | None
    forward: Effect | None
    ratio: Effect | None
    low: float
    rounds: int
    clean: int


def figures(timing: Timing, baseline: Row | None = None) -> dict[Row, Figures]:
    """Return the figures of the rows that were measured.

    Args:
        timing: the record of a comparison.
        baseline: what ratios are taken to, none if it has no figures; None for the fastest row.
    """
    measured = {row.row: row for row in timing.rows if row.status in MEASURED}
    steps = {name: training(row) for name, row in measured.items()}
    base = baseline or ratios.fastest(steps)
    return {
        name: Figures(
            step=estimates.across(steps[name]),
            forward=estimates.across(forwards(row)),
            ratio=relative(name, base, steps),
            low=ratios.low([process.steps for process in row.processes]),
            rounds=sum(len(process.steps) for process in row.processes),
            clean=sum(int((~ratios.disturbed(p.steps)).sum()) for p in row.processes),
        )
        for name, row in measured.items()
    }


def relative(row: Row, base: Row | None, steps: dict[Row, Series]) -> Effect | None:
    """Return the ratio of a row to the base, if there is one."""
    if base is None or base not in steps:
        return None
    return UNITY if row == base else ratios.ratio(steps[row], steps[base])


def training(row: RowTiming) -> Series:
    """Return the clean training steps of a row since it has been steady."""
    return ratios.series([process.steps for process in row.processes], row.steady_from)


def forwards(row: RowTiming) -> Series:
    """Return the clean forward passes of a row since it has been steady."""
    return ratios.series([process.forwards for process in row.processes], row.steady_from)


def estimate(effect: Effect | None) -> Estimate | None:
    """Return the figure of an effect with its interval, None if there is none."""
    return effect.estimate if effect else None
