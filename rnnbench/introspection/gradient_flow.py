"""How fast the gradient of a cell shrinks or grows on its way back, over several draws."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rnnbench.contracts.values import guarded
from rnnbench.introspection.flow import Flow, FlowVerdict, Setting
from rnnbench.introspection.tracing import at_rest, bound, drawn, has_radius, trace
from rnnbench.measure.estimates import Estimate, student
from rnnbench.models.cell import Cell
from rnnbench.schema.types import Options

#: The share that is left at the largest distance when a gradient is said to vanish, to explode.
VANISHED, EXPLODED = 0.5, 2.0
#: The distances at which it must be known for a slope.
FEWEST = 2


def radii_of(cell: Cell, asked: Sequence[float]) -> Sequence[float | None]:
    """Return the radii that a cell is measured at: None alone where it has no recurrent matrix."""
    return asked if has_radius(cell) else [None]


def measure(
    cell: Cell, options: Options, radius: float | None, setting: Setting, origin: str
) -> Flow:
    """Measure a cell at one radius.

    Args:
        cell: with its options set.
        options: those, as they are written.
        radius: of its recurrent matrices, None to leave them as they are drawn.
        setting: the sizes, and how many seeds.
        origin: the plugin that the cell comes from, for errors.

    Raises:
        PluginError: if the cell raises.
    """
    who = f"cell {cell.name!r} of {origin}"
    with np.errstate(all="ignore"):  # what explodes may leave float64
        weights = [drawn(cell, radius, setting, seed) for seed in range(setting.seeds)]
        found = guarded(
            who,
            "a step of it",
            lambda: [trace(cell, own, setting, seed) for seed, own in enumerate(weights)],
        )
        parts = np.array([one.parts for one in found])  # (seeds, parts, T + 1)
        norms = np.hypot.reduce(parts, axis=1)
        each = [geometric(column) for column in norms.T]
        rate = geometric(np.exp([slope(norm) for norm in norms]))
        rest = guarded(who, "a step of it", lambda: at_rest(cell, weights[0], setting))
        gradient = geometric(np.array([one.gradient for one in found]))
    return Flow(
        cell=cell.name,
        options=options,
        radius=radius,
        bound=bound(cell, weights[0]),
        norm=[one.value if one else None for one in each],
        norm_low=[one.low if one else None for one in each],
        norm_high=[one.high if one else None for one in each],
        parts={name: values(parts[:, k]) for k, name in enumerate(cell.state)},
        rate=rate,
        half_distance=steps_to(VANISHED, rate),
        doubling_distance=steps_to(EXPLODED, rate),
        verdict=verdict(rate, each[-1], setting.length),
        gradient=gradient,
        clipped_by=setting.clip / max(setting.clip, gradient.value) if gradient else None,
        at_rest=rest if rest is not None and math.isfinite(rest) else None,
    )


def geometric(sample: np.ndarray) -> Estimate | None:
    """Return the geometric mean of a sample with Student's interval, None beyond float64.

    Of zeros alone it is 0; where only some are, there is none.
    """
    if not np.any(sample):
        return Estimate(0.0)
    if not np.all(np.isfinite(sample) & (sample != 0)):
        return None
    logs, count = np.log(sample), len(sample)
    error = float(np.std(logs, ddof=1)) / math.sqrt(count)
    return student(float(np.mean(logs)), error, count - 1).estimate


def values(samples: np.ndarray) -> list[float | None]:
    """Return the geometric mean of each column of ``(seeds, T + 1)``."""
    return [one.value if one else None for one in map(geometric, samples.T)]


def slope(norm: np.ndarray) -> float:
    """Return the slope of ln ‖∂loss/∂state‖ over the distance from 1 on, nan of too few."""
    distance = np.flatnonzero(np.isfinite(norm) & (norm > 0))
    distance = distance[distance > 0]
    if len(distance) < FEWEST:
        return math.nan
    return float(np.polyfit(distance, np.log(norm[distance]), 1)[0])


def steps_to(share: float, rate: Estimate | None) -> float | None:
    """Return in how many steps so large a share is left, None if it never is."""
    if rate is None or rate.value in (0.0, 1.0):
        return None
    steps = math.log(share) / math.log(rate.value)
    return steps if steps > 0 else None


def verdict(rate: Estimate | None, last: Estimate | None, length: int) -> FlowVerdict:
    """Return what a rate comes to over the whole length, at whose end ``last`` is left."""
    if last is not None and last.value == 0:
        return "vanishes"
    if rate is None or rate.low is None or rate.high is None:
        return "uncertain"
    low, high = length * math.log(rate.low), length * math.log(rate.high)
    vanished, exploded = math.log(VANISHED), math.log(EXPLODED)
    if high < vanished:
        return "vanishes"
    if low > exploded:
        return "explodes"
    return "stays" if vanished <= low and high <= exploded else "uncertain"
