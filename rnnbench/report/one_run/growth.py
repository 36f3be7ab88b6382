"""The tables of a scaling run: what was measured, and how it grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rnnbench.analysis.fit import LARGEST, SMALLEST, Fit
from rnnbench.analysis.growth import Growth, growths
from rnnbench.analysis.row_result import RowResult
from rnnbench.measure.estimates import Estimate, named
from rnnbench.report.numbers import quantity, where
from rnnbench.report.one_run import speedup
from rnnbench.report.one_run.columns import forward, step
from rnnbench.report.one_run.tables import disturbed
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.schema.plan import Over
from rnnbench.schema.row import Row

#: How a size is written.
SYMBOLS: dict[Over, str] = {
    "length": "T",
    "batch": "batch",
    "hidden": "hidden",
    "layers": "layers",
    "devices": "devices",
}
MEANING: dict[Over, str] = {
    "length": "time steps of a sequence",
    "batch": "examples per step",
    "hidden": "units per layer",
    "layers": "recurrent layers",
    "devices": "devices that each batch is split over",
}


def tables(results: Sequence[RowResult], over: Over) -> list[Table]:
    """Return the measured points and the fits of a scaling run; none if nothing was measured."""
    if not results:
        return []
    if over == "devices":
        return speedup.tables(results)
    order = list(dict.fromkeys(one.row for one in results))
    by_row = sorted(results, key=lambda one: order.index(one.row))  # sizes keep their order
    return [points(by_row, over), fits(growths(results, over), over)]


def points(results: Sequence[RowResult], over: Over) -> Table:
    """Return what was measured, row by row, a line per size."""
    first, symbol = results[0], SYMBOLS[over]
    timed = [one for one in results if one.rounds is not None]
    return Table(
        title=f"{first.task} · {first.model} · over {over}",
        setting=setting(results, over),
        columns=[
            Column("row", ""),
            Column(over, symbol, kind="count"),
            Column("train_step_ms", "train step", "ms", "estimate"),
            Column("forward_ms", "forward", "ms", "estimate"),
            Column("memory_added_mib", "row adds", "MiB", "figure"),
        ],
        rows=[
            [
                *(name, Quantity(getattr(one, over)), step(one)),
                *(forward_of(one), Quantity(one.memory_added_mib, digits=3)),
            ]
            for name, one in zip(names(one.row for one in results), results, strict=True)
        ],
        notes=[
            *failures(results, over),
            *([disturbed(timed)] if timed else []),
        ],
    )


def setting(results: Sequence[RowResult], over: Over) -> str:
    """Return what all points share: the sizes that are not varied, and where they were run."""
    if over == "devices":
        return speedup.setting(results)
    first = results[0]
    fixed = [
        f"{SYMBOLS[what]} {size(first, what)}" for what in SYMBOLS if what not in (over, "devices")
    ]
    return f"{', '.join(fixed)} · {where(first.device, first.threads, first.dtype)}"


def forward_of(one: RowResult) -> Cell:
    """Return the time of a forward pass with its interval, or why there is none."""
    return quantity(one.forward_ms) if one.forward_ms else forward(one)


def names(rows: Iterable[Row]) -> list[str]:
    """Return the name of each row where it comes first, and nothing where it comes again."""
    seen: set[Row] = set()
    found = []
    for row in rows:
        found.append("" if row in seen else str(row))
        seen.add(row)
    return found


def size(one: RowResult, over: Over) -> str:
    """Return the size of a line; the length is not known where no row could be prepared."""
    found: int | None = getattr(one, over)
    return "–" if found is None else str(found)


def failures(results: Sequence[RowResult], over: Over) -> list[str]:
    """Return a line for each point that is not ok."""
    return [
        f"{one.row} at {place(one, over)} {one.status}: {one.reason}"
        for one in results
        if one.reason is not None
    ]


def place(one: RowResult, over: Over) -> str:
    """Return the size of a line with its name; all sizes where it is not known."""
    return one.sizes if getattr(one, over) is None else f"{SYMBOLS[over]} {size(one, over)}"


def fits(found: Sequence[Growth], over: Over) -> Table:
    """Return the fits, a line per row and cost."""
    symbol = SYMBOLS[over]
    sizes = [size for one in found for size in one.sizes]
    ranging = f", from {min(sizes)} to {max(sizes)}" if sizes else ""
    return Table(
        title="how it grows",
        setting=f"cost = fixed + growing · ({symbol} / largest {symbol})^exponent",
        columns=[
            Column("row", ""),
            Column("cost", "cost"),
            Column("fixed", "fixed", "[95 %]", "estimate"),
            Column("growing", "growing", f"at largest {symbol}", "figure"),
            Column("exponent", "exponent", "[95 %]", "estimate"),
        ],
        rows=[
            [name, f"{one.cost.name}, {one.cost.unit}", *fitted(one.fit)]
            for name, one in zip(names(one.row for one in found), found, strict=True)
        ],
        notes=[
            *unfitted(found, symbol),
            f"{symbol}: {MEANING[over]}{ranging}; beyond these the fits say nothing",
        ],
    )


def unfitted(found: Sequence[Growth], symbol: str) -> list[str]:
    """Return why there is no fit, or not of all points, a line per reason."""
    groups: dict[str, list[str]] = {}
    for one in found:
        which = f"{one.row} {one.cost.name}"
        if one.reason:
            groups.setdefault(one.reason, []).append(which)
        if one.aside:
            sizes = ", ".join(map(str, one.aside))
            reason = f"too few undisturbed rounds at {symbol} {sizes}, so not fitted there"
            groups.setdefault(reason, []).append(which)
    return [f"{reason}: {', '.join(which)}" for reason, which in groups.items()]


def fitted(found: Fit | None) -> list[Cell]:
    """Return the fixed part, the growing part and the exponent, unknown without a fit."""
    if found is None:
        return [Quantity(None)] * 3
    return [
        quantity(found.fixed, "range"),
        Quantity(found.growing, digits=3),
        exponent(found.exponent),
    ]


def exponent(found: Estimate) -> Quantity:
    """Return the exponent, of which no end is known beyond where it was sought."""
    value, low, high = found.value, found.low, found.high
    return Quantity(value, low, high, "power", least=SMALLEST, most=LARGEST)


def json_object(one: Growth, over: Over) -> dict[str, Any]:
    """Return one fit as a plain object, for JSON."""
    found = one.fit
    return {
        "backend": one.row.backend,
        "variant": one.row.variant,
        "environment": one.row.environment or None,
        "cost": one.cost.name,
        "unit": one.cost.unit,
        "over": over,
        "sizes": one.sizes,
        "costs": one.costs,
        "aside": one.aside,
        "largest": found.largest if found else None,
        "growing": found.growing if found else None,
        **named("fixed", found.fixed if found else None),
        **named("exponent", found.exponent if found else None),
        "reason": one.reason,
    }
