"""How costs grow with a size: what was measured, with intervals, and the fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from rnnbench.analysis.fit import Fit
from rnnbench.analysis.growth import COSTS, Cost, Growth, growths
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.speedup import Speedup, speedups
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import quantity, written
from rnnbench.report.one_run import growth as growth_tables
from rnnbench.report.pictures.memory import MEDIAN
from rnnbench.report.pictures.panel import Form, Panel, Spec
from rnnbench.report.pictures.style import decades, ends, layered, per_row
from rnnbench.schema.plan import Over
from rnnbench.schema.row import Row

#: What is told of lines that are no fits.
JOINED = "lines join what was measured, where no law is fitted"
#: Points of a curve.
CURVE = 40
HEIGHT = 240


def curves(results: Sequence[RowResult], over: Over) -> list[Panel]:
    """Draw each cost of a scaling run over the size that it varies.

    Args:
        results: of one run.
        over: that size.
    """
    found = growths(results, over)
    panels = [
        panel([one for one in found if one.cost == cost], results, cost, over) for cost in COSTS
    ]
    return [one for one in panels if one is not None]


def panel(
    found: Sequence[Growth], results: Sequence[RowResult], cost: Cost, over: Over
) -> Panel | None:
    """Draw one cost; None if it was not measured."""
    laws = laws_of(results, cost, over)
    labels = {str(one.row): label(one, over, laws.get(one.row)) for one in found}
    points = [
        {"row": labels[str(one.row)], "size": getattr(one, over), **ends(estimate)}
        for one in results
        if (estimate := cost_of(one, cost)) and getattr(one, over) is not None
    ]
    if not points:
        return None
    first = results[0]
    unfitted = growth_tables.unfitted(found, growth_tables.SYMBOLS[over])
    lines = [
        {"row": labels[str(one.row)], **point}
        for one in found
        for point in fitted_curve(one, over, laws.get(one.row))
    ]
    return Panel(
        title=f"{first.task} · {first.model} · {cost.name} over {over}",
        setting=growth_tables.setting(results, over),
        form=drawn(points, sizes_of(results, over), list(labels.values()), cost, over),
        data={"rows": points, "fits": lines},
        words=f"{cost.name} in {cost.unit} over {over}: {'; '.join(labels.values())}",
        notes=[
            *growth_tables.failures(results, over),
            # Over devices there is no such fit; the law takes every time.
            *([] if over == "devices" else unfitted),
        ],
        caveats=[
            *unsure(results, cost, over),
            *([] if cost.is_timed else [MEDIAN]),
            *[JOINED] * (over == "devices" and len(laws) < len(found)),
        ],
    )


def cost_of(one: RowResult, cost: Cost) -> Estimate | None:
    """Return what was measured; no memory has no place on a logarithmic axis."""
    found = getattr(one, cost.column) if one.rounds else None
    return Estimate(found) if found and isinstance(found, float | int) else found or None


def unsure(results: Sequence[RowResult], cost: Cost, over: Over) -> list[str]:
    """Return which points have no interval, and where there is none at all, a line per reason."""
    groups: dict[str, list[str]] = {}
    for one in results:
        if reason := lack(one, cost):
            groups.setdefault(reason, []).append(f"{one.row} at {growth_tables.place(one, over)}")
    return [f"{reason}: {', '.join(which)}" for reason, which in groups.items()]


def lack(one: RowResult, cost: Cost) -> str | None:
    """Return what the point of a row that was timed lacks, None of a whole one."""
    found = getattr(one, cost.column)
    if not one.rounds:
        return None
    if not cost.is_timed:
        return None if found else "no memory added, so no point"
    if found is None:
        return "no undisturbed round, so no point"
    return "no interval, of too few undisturbed rounds" if found.low is None else None


def laws_of(results: Sequence[RowResult], cost: Cost, over: Over) -> dict[Row, Speedup]:
    """Return Amdahl's law of each row to which devices are a gain: there it has an interval."""
    if over != "devices" or cost.column != "train_step_ms":
        return {}
    return {one.row: one for one in speedups(results) if one.serial and one.serial.low is not None}


def label(one: Growth, over: Over, law: Speedup | None) -> str:
    """Return the name of a row with how it grows: ``torch:fused · T^0.97 [0.94, 1.01]``.

    Over devices it is the serial share: ``torch:fused · serial 0.12 [0.08, 0.16]``.
    """
    if law:
        return f"{one.row} · serial {written(quantity(law.serial, 'range'))}"
    if one.fit is None:
        return str(one.row)
    return f"{one.row} · {growth_tables.SYMBOLS[over]}^{exponent(one.fit)}"


def exponent(fit: Fit) -> str:
    """Return the exponent with its interval."""
    return written(growth_tables.exponent(fit.exponent))


def fitted_curve(one: Growth, over: Over, law: Speedup | None) -> Iterator[dict[str, Any]]:
    """Yield points of the fit, from the smallest size that was fitted to the largest."""
    if law:
        for n in np.geomspace(law.devices[0], law.devices[-1], CURVE).tolist():
            yield {"size": n, "fitted": law.law(n)}
        return
    if one.fit is None:
        if over == "devices":  # so few that a line shows what belongs together
            yield from (
                {"size": n, "fitted": cost} for n, cost in zip(one.sizes, one.costs, strict=True)
            )
        return
    fit = one.fit
    for size in np.geomspace(min(one.sizes), max(one.sizes), CURVE).tolist():
        cost = fit.fixed.value + fit.growing * (size / fit.largest) ** fit.exponent.value
        yield {"size": size, "fitted": cost}


def sizes_of(results: Sequence[RowResult], over: Over) -> list[int]:
    """Return the sizes of a run, also those at which a cost could not be measured."""
    return sorted({size for one in results if (size := getattr(one, over)) is not None})


def drawn(
    points: Sequence[dict[str, Any]],
    sizes: Sequence[int],
    names: Sequence[str],
    cost: Cost,
    over: Over,
) -> Form:
    """Return the form: both axes logarithmic, so that a power is a straight line."""
    costs = [one[end] for one in points for end in ("value", "low", "high") if one[end]]
    low, high = min(costs), max(costs)
    if low == high:  # a scale needs a width
        low, high = low / 2, high * 2
    x = logarithmic(f"{over} ({growth_tables.MEANING[over]})", sizes)
    x["scale"]["domain"] = [sizes[0], sizes[-1]] if len(sizes) > 1 else [sizes[0] / 2, 2 * sizes[0]]
    y = logarithmic(f"{cost.name}, {cost.unit}", decades(low, high))
    if low not in costs:
        y["scale"]["domain"] = [low, high]
    x["field"] = "size"
    look = per_row(names, columns=1)
    own = {"x": x, "color": look["color"]}
    return layered(
        {
            "mark": {"type": "point", "size": 50, "strokeWidth": 2, "opacity": 1},
            "encoding": own | {"y": {**y, "field": "value"}, "shape": look["shape"]},
        },
        {
            "data": {"name": "fits"},
            "mark": {"type": "line", "strokeWidth": 1.5},
            "encoding": own | {"y": {**y, "field": "fitted"}, "detail": {"field": "row"}},
        },
        {
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "rule", "strokeWidth": 1.5},
            "encoding": own | {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        height=HEIGHT,
    )


def logarithmic(title: str, marks: Sequence[float]) -> Spec:
    """Return an axis with a mark at each of some figures."""
    return {
        "type": "quantitative",
        "title": title,
        "scale": {"type": "log", "nice": False, "padding": 12},
        "axis": {"values": list(marks), "format": "~g", "labelOverlap": True},
    }
