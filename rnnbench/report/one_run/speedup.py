"""The tables of a run over several devices: what was measured, and the serial share of a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.speedup import Speedup, is_weak, speedups
from rnnbench.measure.estimates import named
from rnnbench.report.numbers import quantity, where
from rnnbench.report.one_run.columns import step
from rnnbench.report.one_run.tables import disturbed
from rnnbench.report.tables import Column, Quantity, Table


def tables(results: Sequence[RowResult]) -> list[Table]:
    """Return the points, and where all have one batch the fit of Amdahl's law."""
    found = speedups(results)
    measured = points(results, found)
    return [measured] if is_weak(results) else [measured, fits(found)]


def points(results: Sequence[RowResult], found: Sequence[Speedup]) -> Table:
    """Return what was measured, row by row, a line per number of devices."""
    first = results[0]
    order = [one.row for one in found]
    by_row = sorted(results, key=lambda one: (order.index(one.row), one.devices))
    efficiency = {
        (one.row, count): quantity(share.scaled(100))
        if k
        else Quantity(100.0, form="exact", digits=3)
        for one in found
        for k, (count, share) in enumerate(zip(one.devices, one.efficiency, strict=True))
    }
    timed = [one for one in results if one.rounds is not None]
    seen = [
        str(one.row) if k == 0 or by_row[k - 1].row != one.row else ""
        for k, one in enumerate(by_row)
    ]
    failed = [
        f"{one.row} on {one.device} {one.status}: {one.reason}" for one in by_row if one.reason
    ]
    return Table(
        title=f"{first.task} · {first.model} · over devices",
        setting=setting(results),
        columns=[
            Column("row", ""),
            Column("devices", "devices", kind="count"),
            Column("train_step_ms", "train step", "ms", "estimate"),
            Column("examples_per_s", "examples", "/s", "figure"),
            Column("efficiency", "efficiency", "%", "estimate"),
            Column("memory_added_mib", "row adds", "MiB", "figure"),
        ],
        rows=[
            [
                *(name, Quantity(one.devices), step(one)),
                Quantity(one.examples_per_s, digits=3),
                efficiency.get((one.row, one.devices), Quantity(None)),
                Quantity(one.memory_added_mib, digits=3),
            ]
            for name, one in zip(seen, by_row, strict=True)
        ],
        notes=[*failed, *([disturbed(timed)] if timed else []), *explained(first)],
    )


def setting(results: Sequence[RowResult]) -> str:
    """Return what all points share: their sizes, and where they were run."""
    first, weak = results[0], is_weak(results)
    shared = f"batch {first.batch // first.devices} per device" if weak else f"batch {first.batch}"
    fixed = f"T {first.length}, {shared}, hidden {first.hidden}, layers {first.layers}"
    return f"{fixed} · {where(kind_of(first), first.threads, first.dtype)}"


def kind_of(one: RowResult) -> str:
    """Return the kind of its devices: ``cpu`` or ``gpu``."""
    return "cpu" if "cpu" in one.device else "gpu"


def explained(first: RowResult) -> list[str]:
    """Return what the columns mean."""
    own = "efficiency: examples per second and device, against the fewest devices of the row"
    if kind_of(first) == "cpu":
        return [own, "devices of a CPU share its cores; memory is that of the whole process"]
    return [own, "memory: of the first device"]


def fits(found: Sequence[Speedup]) -> Table:
    """Return the serial share of each row."""
    return Table(
        title="Amdahl's law",
        setting="time(n) = time(1) · (s + (1 - s) / n)",
        columns=[Column("row", ""), Column("serial", "serial share s", "[95 %]", "estimate")],
        rows=[[str(one.row), quantity(one.serial, "range")] for one in found],
        notes=["1 is no gain at all; an interval needs a gain, and three numbers of devices"],
    )


def json_object(one: Speedup) -> dict[str, Any]:
    """Return what devices bring to a row as a plain object, for JSON."""
    return {
        "backend": one.row.backend,
        "variant": one.row.variant,
        "environment": one.row.environment or None,
        "over": "devices",
        "devices": one.devices,
        "train_step_ms": [time.value for time in one.times],
        "efficiency": [share.value for share in one.efficiency],
        **named("serial_share", one.serial),
    }
