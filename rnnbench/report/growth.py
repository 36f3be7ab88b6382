"""The tables of a scaling run: what was measured, and how it grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rnnbench.analysis.fit import LARGEST, SMALLEST, Fit
from rnnbench.analysis.growth import Scaling, scalings
from rnnbench.analysis.table import name
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import Row, decimals, digits, known, measured, where
from rnnbench.report.run_tables import disturbed, step
from rnnbench.report.tables import Block, Column
from rnnbench.schema.plan import Over

if TYPE_CHECKING:
    import pandas as pd

#: How a size is written.
SYMBOLS: dict[Over, str] = {
    "length": "T",
    "batch": "batch",
    "hidden": "hidden",
    "layers": "layers",
}
MEANING: dict[Over, str] = {
    "length": "time steps of a sequence",
    "batch": "examples per step",
    "hidden": "units per layer",
    "layers": "recurrent layers",
}


def blocks(table: pd.DataFrame, over: Over) -> list[Block]:
    """Return the measured points and the fits of a scaling run; none if nothing was measured."""
    if table.empty:
        return []
    lines = table.to_dict(orient="records")
    order = list(dict.fromkeys(map(name, lines)))
    rows = sorted(lines, key=lambda row: order.index(name(row)))  # sizes keep their order
    return [points(rows, over), fits(scalings(table, over), over)]


def points(rows: Sequence[Row], over: Over) -> Block:
    """Return what was measured, row by row, a line per size."""
    first, symbol = rows[0], SYMBOLS[over]
    fixed = [f"{SYMBOLS[what]} {size(first, what)}" for what in SYMBOLS if what != over]
    timed = [row for row in rows if known(row["rounds"])]
    names = [name(row) for row in rows]
    return Block(
        title=f"{first['task']} · {first['cell']} · over {over}",
        setting=f"{', '.join(fixed)} · {where(first['device'], first['threads'], first['dtype'])}",
        header=[
            *(Column("", ""), Column(symbol, ""), Column("train step", "ms")),
            *(Column("forward", "ms"), Column("memory", "MiB")),
        ],
        rows=[
            [
                name(row) if name(row) not in names[:number] else "",
                size(row, over),
                step(row),
                measured(row, "forward_ms"),
                digits(row["peak_memory_mib"], 4),
            ]
            for number, row in enumerate(rows)
        ],
        notes=[
            *failures(rows, over),
            *([disturbed(timed)] if timed else []),
        ],
    )


def size(row: Row, over: Over) -> str:
    """Return the size of a line; the length is not known where no row could be prepared."""
    return f"{row[over]:.0f}" if known(row[over]) else "–"


def failures(rows: Sequence[Row], over: Over) -> list[str]:
    """Return a line for each point that is not ok."""
    return [
        f"{name(row)} at {place(row, over)} {row['status']}: {row['reason']}"
        for row in rows
        if known(row["reason"])
    ]


def place(row: Row, over: Over) -> str:
    """Return the size of a line with its name; all sizes where it is not known."""
    return f"{SYMBOLS[over]} {size(row, over)}" if known(row[over]) else str(row["sizes"])


def fits(found: Sequence[Scaling], over: Over) -> Block:
    """Return the fits, a line per row and cost."""
    symbol = SYMBOLS[over]
    sizes = [size for scaling in found for size in scaling.sizes]
    rows = [scaling.row for scaling in found]
    ranging = f", from {min(sizes)} to {max(sizes)}" if sizes else ""
    return Block(
        title="how it grows",
        setting=f"cost = fixed + growing · ({symbol} / largest {symbol})^exponent",
        header=[
            *(Column("", ""), Column("cost", ""), Column("fixed", "[95 %]")),
            *(Column("growing", f"at largest {symbol}"), Column("exponent", "[95 %]")),
        ],
        rows=[
            [scaling.row if scaling.row not in rows[:number] else "", *cells(scaling)]
            for number, scaling in enumerate(found)
        ],
        notes=[
            *unfitted(found, symbol),
            f"{symbol}: {MEANING[over]}{ranging}; beyond these the fits say nothing",
        ],
    )


def unfitted(found: Sequence[Scaling], symbol: str) -> list[str]:
    """Return why there is no fit, or not of all points, a line per reason."""
    groups: dict[str, list[str]] = {}
    for scaling in found:
        which = f"{scaling.row} {scaling.cost.name}"
        if scaling.reason:
            groups.setdefault(scaling.reason, []).append(which)
        if scaling.aside:
            sizes = ", ".join(map(str, scaling.aside))
            reason = f"too few undisturbed rounds at {symbol} {sizes}, so not fitted there"
            groups.setdefault(reason, []).append(which)
    return [f"{reason}: {', '.join(which)}" for reason, which in groups.items()]


def cells(scaling: Scaling) -> list[str]:
    """Return the text of one fit."""
    cost, found = f"{scaling.cost.name}, {scaling.cost.unit}", scaling.fit
    if found is None:
        return [cost, "–", "–", "–"]
    return [cost, interval(found.fixed), digits(found.growing, 3), exponent(found)]


def exponent(found: Fit) -> str:
    """Return the exponent; an end of its interval that is out of range is ``<0.01`` or ``>4``."""
    value, low, high = found.exponent.value, found.exponent.low, found.exponent.high
    below = f"<{SMALLEST:g}" if low is None else f"{low:.2f}"
    above = f">{LARGEST:g}" if high is None else f"{high:.2f}"
    return f"{value:.2f} [{below}, {above}]"


def interval(estimate: Estimate) -> str:
    """Return ``value [low, high]``, with the digits that the interval can defend and one more."""
    value, low, high = estimate.value, estimate.low, estimate.high
    assert low is not None
    assert high is not None
    places = decimals((high - low) / 2, max(value, high)) + 1
    return f"{value:.{places}f} [{low:.{places}f}, {high:.{places}f}]"


def entry(scaling: Scaling, over: Over) -> dict[str, Any]:
    """Return one fit as a plain object, for JSON."""
    place, _, variant = scaling.row.partition(":")
    backend, _, environment = place.partition("@")
    found = scaling.fit
    return {
        "backend": backend,
        "variant": variant,
        "environment": environment or None,
        "cost": scaling.cost.name,
        "unit": scaling.cost.unit,
        "over": over,
        "sizes": scaling.sizes,
        "costs": scaling.costs,
        "aside": scaling.aside,
        "largest": found.largest if found else None,
        "growing": found.growing if found else None,
        **three("fixed", found.fixed if found else None),
        **three("exponent", found.exponent if found else None),
        "reason": scaling.reason,
    }


def three(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    """Return the three fields of an estimate."""
    found = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))
