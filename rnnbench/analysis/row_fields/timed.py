"""What was timed of a row, and what was proved of it before."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from rnnbench.analysis.row_times import RowTimes
from rnnbench.measure import peak_rate
from rnnbench.measure.estimates import Effect, Estimate
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.timing import RowTiming, Timing


def process(opened: Opened | None) -> dict[str, Any]:
    """Return what held in the process of a row."""
    return {
        "threads_used": opened.threads if opened else None,
        "memory_base_mib": median_mib([opened.memory]) if opened else None,
        "matmul": opened.matmul if opened else None,
        "denormals_flushed": opened.denormals_flushed if opened else None,
        "plugin": opened.plugin if opened else None,
    }


def outcome(row: RowTiming) -> dict[str, Any]:
    """Return what is known of a row however it ended."""
    return {
        "row": row.row,
        "params": row.params,
        "flops": row.flops,
        "parity_error": largest(row.parity_error, row.audit_error),
        "check_error": row.parity_error,
        "audit_error": row.audit_error,
        "audit_followed": row.audit_followed,
        "kernel": row.kernel,
    }


def largest(*errors: float | None) -> float | None:
    """Return the largest of what is known, None if nothing is."""
    return max([error for error in errors if error is not None], default=None)


def figures(row: RowTiming, found: RowTimes) -> dict[str, Any]:
    """Return the figures of a measured row, in the table's units; medians over its processes."""
    step, forward, ratio = map(estimate, (found.step, found.forward, found.ratio))
    processes = row.processes
    first = median([process.first_step_s for process in processes])
    traces = [process.traces for process in processes if process.traces is not None]
    return {
        "train_step_ms": step and step.scaled(1e3),
        "train_step_ms_p10": found.low * 1e3,
        "forward_ms": forward and forward.scaled(1e3),
        "ratio": ratio,
        "unranked": found.unranked,
        "precision": ratio.precision if ratio and ratio.low is not None else None,
        "processes": len(processes),
        "rounds": found.rounds,
        "clean": found.clean,
        "first_step_s": first,
        "first_forward_s": median([process.first_forward_s for process in processes]),
        "compile_s": max(0.0, first - step.value) if step else None,
        "peak_memory_mib": median_mib([process.peak_memory for process in processes]),
        "memory_added_mib": median_mib([process.added_memory for process in processes]),
        "page_faults_per_step": page_faults_per_step(row),
        "traces": sum(traces) if traces else None,
    }


def page_faults_per_step(row: RowTiming) -> float | None:
    """Return how many pages a training step has asked the system for; None in older files."""
    blocks = [block for process in row.processes for block in process.steps]
    known = [(block.faults, block.calls) for block in blocks if block.faults is not None]
    return sum(faults for faults, _ in known) / sum(calls for _, calls in known) if known else None


def median_mib(sizes: Iterable[int | None]) -> float | None:
    """Return the median of the bytes that are known, in MiB."""
    known = [size for size in sizes if size is not None]
    return median(known) / 2**20 if known else None


def median(values: Sequence[float]) -> float:
    """Return the median of what the processes of a row have; of one, as most, it is that."""
    return values[0] if len(values) == 1 else statistics.median(values)


def estimate(effect: Effect | None) -> Estimate | None:
    """Return an effect as a figure, None if there is none."""
    return effect.estimate if effect else None


def throughput(
    planned: Planned, timing: Timing, row: RowTiming, found: RowTimes, peak: Estimate | None
) -> dict[str, Any]:
    """Return what a measured row gets done in a second, and the share of the peak rate.

    Several GPUs have several times the rate of one; devices within a CPU share its own.
    """
    if found.step is None or row.flops is None or timing.length is None:
        return {}
    if peak and timing.comparison.device != "cpu":
        peak = peak.scaled(len(timing.comparison.devices) or 1)
    step = found.step.estimate
    examples, gflops = timing.comparison.batch / step.value, step.rate(row.flops / 1e9)
    return {
        "steps_per_s": 1 / step.value,
        "examples_per_s": examples,
        "tokens_per_s": examples * timing.length if planned.tokens else None,
        "gflops": gflops.value,
        "of_peak": peak_rate.share(gflops, peak) if peak else None,
        "peak_gflops": peak,
    }


def beside_limit(
    row: RowTiming, found: RowTimes, peak: Estimate, rate: Estimate | None
) -> dict[str, Any]:
    """Return the share of the shortest time that the products of a step leave possible.

    Args:
        row: its operations, those that wait for each other among them.
        found: its times.
        peak: the rate of large products.
        rate: that of its step products, None where it is not known.
    """
    if found.step is None or row.flops is None or row.step_products is None or rate is None:
        return {}
    limit = peak_rate.shortest_step(row.flops, row.step_products.flops, peak, rate)
    return {
        "of_step_limit": peak_rate.share(limit, found.step.estimate),
        "step_gflops": rate,
    }
