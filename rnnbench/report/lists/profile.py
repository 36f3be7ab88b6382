"""What a profiler has seen: the dearest operations of each row, beside its share of the peak."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rnnbench.measure import peak_rate
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import digits, spread, where
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.text import many

if TYPE_CHECKING:
    from rnnbench.running.profiling import Profiles, RowProfile
    from rnnbench.schema.messages.profiling import OperationTime, Profiled
    from rnnbench.schema.records.peak import Peak

NOTE = (
    "time: in an operation itself, without those within it, summed over threads; share: of the "
    "time of all operations. The profiler takes time itself, of short operations the most."
)
COLUMNS = (
    Column("operation", "operation"),
    Column("calls", "calls", "per step", "figure"),
    Column("time_ms", "time", "ms per step", "figure"),
    Column("share", "share", "%", "figure"),
)


def best_peak(peaks: Sequence[Peak]) -> Estimate | None:
    """Return the best rate of the backends' matrix products; None where they were disturbed."""
    names = {peak.backend for peak in peaks}
    rates = (peak_rate.rate([one for one in peaks if one.backend == name]) for name in names)
    return peak_rate.best(rates)


def of_peak(row: RowProfile, peak: Estimate | None) -> Estimate | None:
    """Return the share of the peak that a row's steps reach without the profiler, if known."""
    if peak is None or row.profiled is None or row.prepared is None or not row.prepared.flops:
        return None
    return peak_rate.share(Estimate(row.prepared.flops / row.profiled.step_s / 1e9), peak)


def heading(found: Profiles) -> str:
    """Return what was computed, and the peak."""
    comparison = found.planned.comparison
    what = f"{comparison.task} · {comparison.model} · {found.planned.sizes}"
    place = where(comparison.device, comparison.threads, comparison.dtype)
    peak = best_peak(found.peaks)
    if peak is None:
        return f"profile · {what}\n{place}; no peak: the matrix products were disturbed"
    rate = f"{digits(peak.value, 3)} GFLOP/s {spread(peak.precision)}".strip()
    return f"profile · {what}\n{place}; peak {rate}, of the best matrix product"


def tables(found: Profiles) -> Iterator[Table]:
    """Yield the table of each row, and what its columns mean below the last."""
    peak = best_peak(found.peaks)
    for number, row in enumerate(found.rows, 1):
        yield table(row, peak, last=number == len(found.rows))


def table(row: RowProfile, peak: Estimate | None, last: bool) -> Table:
    """Return the table of a row."""
    notes = [NOTE] if last else []
    profiled = row.profiled
    if profiled is None or row.prepared is None:
        why = f"{row.failure.status}: {row.failure.reason}" if row.failure else ""
        return Table(str(row.row), why, COLUMNS, [], notes)
    setting = f"{row.prepared.kernel}; a step takes {milliseconds(profiled.step_s)}"
    if (share := of_peak(row, peak)) is not None:
        setting += f", {digits(100 * share.value, 2)} % of peak"
    setting += f", {milliseconds(profiled.profiled_step_s)} under the profiler"
    setting += "".join(f", {one}" for one in energies(profiled))
    trace = f"trace: {row.trace}, {many(profiled.events, 'event')}"
    return Table(str(row.row), setting, COLUMNS, lines(profiled), [trace, *notes])


def lines(profiled: Profiled) -> list[list[Cell]]:
    """Return the line of each operation, and one of all others."""
    total = profiled.others_s + sum(one.seconds for one in profiled.operations)
    found = [line(one, profiled.steps, total) for one in profiled.operations]
    if profiled.others:
        others = many(profiled.others, "other")
        found.append([others, None, *figures(profiled.others_s, profiled.steps, total)])
    return found


def line(one: OperationTime, steps: int, total: float) -> list[Cell]:
    """Return the line of an operation."""
    return [one.name, Quantity(one.calls / steps, digits=3), *figures(one.seconds, steps, total)]


def figures(seconds: float, steps: int, total: float) -> list[Cell]:
    """Return the time per step and the share of what took so long."""
    return [
        Quantity(1e3 * seconds / steps, digits=3),
        Quantity(100 * seconds / total if total else None, digits=2),
    ]


def milliseconds(seconds: float) -> str:
    """Return a time in words."""
    return f"{digits(1e3 * seconds, 3)} ms"


def energies(profiled: Profiled) -> Iterator[str]:
    """Yield the energy of a step in words, as far as the machine counts it."""
    for joules, whose in ((profiled.cpu_j, "CPU"), (profiled.gpu_j, "GPU")):
        if joules is not None:
            yield f"{digits(1e3 * joules, 3)} mJ of the whole {whose}"


def plain(found: Profiles) -> dict[str, object]:
    """Return all of it as plain objects."""
    peak = best_peak(found.peaks)
    return {
        "comparison": found.planned.comparison,
        "peak_gflops": peak,
        "rows": [plain_row(row, peak) for row in found.rows],
    }


def plain_row(row: RowProfile, peak: Estimate | None) -> dict[str, object]:
    """Return a row as plain objects; times are those of a step."""
    named = {"row": str(row.row), "status": "ok", "reason": None, "trace": row.trace}
    profiled = row.profiled
    if profiled is None or row.prepared is None:
        why = row.failure
        return {**named, "status": why and why.status, "reason": why and why.reason}
    operations = [
        {
            "operation": one.name,
            "calls": one.calls / profiled.steps,
            "time_ms": 1e3 * one.seconds / profiled.steps,
        }
        for one in profiled.operations
    ]
    return {
        **named,
        "kernel": row.prepared.kernel,
        "steps": profiled.steps,
        "step_ms": 1e3 * profiled.step_s,
        "profiled_step_ms": 1e3 * profiled.profiled_step_s,
        "of_peak": of_peak(row, peak),
        "cpu_j": profiled.cpu_j,
        "gpu_j": profiled.gpu_j,
        "operations": operations,
        "others": profiled.others,
        "others_ms": 1e3 * profiled.others_s / profiled.steps,
    }
