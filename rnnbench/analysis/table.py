"""The rows of a run as a pandas DataFrame: timing and training joined."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from math import comb
from typing import Any

import pandas as pd

from rnnbench.analysis.row_times import Figures, estimate, figures
from rnnbench.measure import estimates
from rnnbench.measure.estimates import Estimate
from rnnbench.measure.verdicts import DELTA, Verdict, verdicts
from rnnbench.results.queries import opened_of, peaks, plan_of, timings, trainings
from rnnbench.schema.messages import Opened
from rnnbench.schema.plan import Planned
from rnnbench.schema.records import AnyRecord, RowTiming, Timing, Training
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES, MEASURED

#: The columns of a row, in order. docs/results.md says what each of them means.
COLUMNS = (
    *("comparison", "task", "cell", "sizes", "length", "batch", "hidden", "layers", "backend"),
    *(
        "variant",
        "environment",
        "device",
        "dtype",
        "threads",
        "status",
        "reason",
        "seeds",
        "params",
    ),
    *("train_step_ms", "train_step_ms_low", "train_step_ms_high", "train_step_ms_p10"),
    *("forward_ms", "forward_ms_low", "forward_ms_high", "ratio", "ratio_low", "ratio_high"),
    *(
        "verdict",
        "precision",
        "precision_asked",
        "processes",
        "rounds",
        "clean",
        "compile_s",
        "first_step_s",
    ),
    *(
        "first_forward_s",
        "steps_per_s",
        "examples_per_s",
        "tokens_per_s",
        "flops",
        "gflops",
        "of_peak",
    ),
    *("peak_memory_mib", "traces", "parity_error", "kernel", "threads_used", "matmul"),
    *("denormals_flushed", "load", "gpu_strangers", "loss", "score", "score_low", "score_high"),
    *("score_name", "score_higher_is_better", "naive_score", "naive_loss", "data_hash"),
    *("plugin", "cell_plugin", "task_plugin", "complete", "reused"),
)


def frame(
    records: Sequence[AnyRecord], baseline: Row | None = None, delta: float = DELTA
) -> pd.DataFrame:
    """Return one line per row that has been timed, in the order they were measured.

    Args:
        records: of one run, its :class:`~rnnbench.schema.records.Run` first.
        baseline: what ratios and verdicts refer to; the fastest row of a block by default.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.

    Returns:
        The columns :data:`COLUMNS`; what is not known is None or NaN.
    """
    plan = plan_of(records)
    planned = {p.comparison.key: p for p in plan.comparisons}
    opened, timed, trained = opened_of(records), timings(records), trainings(records)
    measured = [figures(timing, baseline) for timing in timed]
    ratios = [f.ratio for found in measured for f in found.values()]
    judged = iter(verdicts(ratios, delta, None if baseline else pairs(measured)))
    rows = []
    for timing, found in zip(timed, measured, strict=True):
        peak = best_peak(records, timing)
        seeds = len(plan.seeds) if timing.comparison.steps else 0
        for row in timing.rows:
            own = [t for t in trained if (t.key, t.row) == (timing.key, row.row)]
            one = specification(planned[timing.key], timing) | outcome(row)
            if row.row in found:
                one |= times(row, found[row.row], next(judged))
                one["precision_asked"] = plan.precision
                one |= throughput(planned[timing.key], timing, row, found[row.row], peak)
            one |= training(own, row, seeds) | conditions(timing, opened.get(row.row))
            rows.append(one | origin(timing, own))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def pairs(measured: Sequence[Mapping[Row, Figures]]) -> int:
    """Return in how many pairs of rows one could have come out as the fastest."""
    return sum(comb(sum(f.ratio is not None for f in found.values()), 2) for found in measured)


def best_peak(records: Sequence[AnyRecord], timing: Timing) -> float | None:
    """Return the best GFLOP/s of any backend's matrix product where a comparison was timed."""
    place = (timing.comparison.device, timing.comparison.dtype)
    rates = [p.gflops for p in peaks(records) if (p.device, p.dtype) == place]
    return max((rate for rate in rates if rate is not None), default=None)


def specification(planned: Planned, timing: Timing) -> dict[str, Any]:
    """Return what a comparison is."""
    comparison = timing.comparison
    return {
        "comparison": timing.key,
        "task": comparison.task,
        "cell": comparison.cell,
        "sizes": planned.sizes,
        "length": timing.length,
        "batch": comparison.batch,
        "hidden": comparison.hidden,
        "layers": comparison.layers,
        "device": comparison.device,
        "dtype": comparison.dtype,
        "threads": comparison.threads,
        "score_name": planned.score_name,
        "score_higher_is_better": planned.higher_is_better,
        "naive_score": planned.naive_score,
        "naive_loss": planned.naive_loss,
        "data_hash": planned.data_hash,
        "cell_plugin": planned.cell_plugin,
        "task_plugin": planned.task_plugin,
    }


def outcome(row: RowTiming) -> dict[str, Any]:
    """Return what is known of a row however it ended."""
    return {
        "backend": row.row.backend,
        "variant": row.row.variant,
        "environment": row.row.environment or None,
        "params": row.params,
        "flops": row.flops,
        "parity_error": row.parity_error,
        "kernel": row.kernel,
    }


def times(row: RowTiming, found: Figures, verdict: Verdict | None) -> dict[str, Any]:
    """Return the times of a measured row, in the table's units; medians over its processes."""
    step, ratio = estimate(found.step), estimate(found.ratio)
    first = statistics.median(process.first_step_s for process in row.processes)
    memory = [process.peak_memory for process in row.processes if process.peak_memory is not None]
    traces = [process.traces for process in row.processes if process.traces is not None]
    return {
        **interval("train_step_ms", step, 1e3),
        "train_step_ms_p10": found.low * 1e3,
        **interval("forward_ms", estimate(found.forward), 1e3),
        **interval("ratio", ratio, 1.0),
        "verdict": verdict,
        "precision": ratio.precision if ratio and ratio.low is not None else None,
        "processes": len(row.processes),
        "rounds": found.rounds,
        "clean": found.clean,
        "first_step_s": first,
        "first_forward_s": statistics.median(p.first_forward_s for p in row.processes),
        "compile_s": max(0.0, first - step.value) if step else None,
        "peak_memory_mib": statistics.median(memory) / 2**20 if memory else None,
        "traces": sum(traces) if traces else None,
    }


def throughput(
    planned: Planned, timing: Timing, row: RowTiming, found: Figures, peak: float | None
) -> dict[str, Any]:
    """Return what a measured row gets done in a second, and the share of the peak rate."""
    if found.step is None or row.flops is None or timing.length is None:
        return {}
    step = found.step.estimate.value
    examples, gflops = timing.comparison.batch / step, row.flops / step / 1e9
    return {
        "steps_per_s": 1 / step,
        "examples_per_s": examples,
        "tokens_per_s": examples * timing.length if planned.tokens else None,
        "gflops": gflops,
        "of_peak": gflops / peak if peak else None,
    }


def training(records: Sequence[Training], row: RowTiming, seeds: int) -> dict[str, Any]:
    """Return the end of a row and what it has learnt; a mean is over all ``seeds`` or not given."""
    ended = [(r.status, r.reason) for r in records if r.status in FAILURES]
    measured = row.status in MEASURED
    status, reason = ended[0] if measured and ended else (row.status, row.reason)
    done = [r for r in records if r.status == "ok"]
    if status in MEASURED and len(done) < seeds:
        reason = "; ".join(filter(None, [reason, f"trained with {len(done)} of {seeds} seeds"]))
    complete = bool(done) and len(done) == seeds
    scores = [r.score for r in done if r.score is not None]
    return {
        "status": status,
        "reason": reason,
        "seeds": len(done),
        "loss": estimates.mean([r.curve[-1][1] for r in done]).value if complete else None,
        **interval("score", estimates.mean(scores) if complete else None, 1.0),
    }


def origin(timing: Timing, records: Sequence[Training]) -> dict[str, Any]:
    """Return whether a row was measured to the end, and in which earlier run if not in this one."""
    sources: list[Timing | Training] = [timing, *records]
    names = {one.reused for one in sources if one.reused}
    return {"complete": timing.complete, "reused": ", ".join(sorted(names)) or None}


def conditions(timing: Timing, opened: Opened | None) -> dict[str, Any]:
    """Return what held on the machine and in the process of a row."""
    loads = [r.load for r in timing.rounds if r.load is not None]
    strangers = [r.gpu_strangers for r in timing.rounds if r.gpu_strangers is not None]
    return {
        "load": max(loads, default=None),
        "gpu_strangers": max(strangers, default=None),
        "threads_used": opened.threads if opened else None,
        "matmul": opened.matmul if opened else None,
        "denormals_flushed": opened.denormals_flushed if opened else None,
        "plugin": opened.plugin if opened else None,
    }


def interval(name: str, estimate: Estimate | None, unit: float) -> dict[str, float | None]:
    """Return the three columns of an estimate, multiplied by ``unit``."""
    ends = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
    names = (name, f"{name}_low", f"{name}_high")
    return {n: end * unit if end is not None else None for n, end in zip(names, ends, strict=True)}


def objects(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain objects, None where a value is not known."""
    known = table.astype(object).where(table.notna(), None)
    rows: Iterable[Any] = known.to_dict(orient="records")
    return list(rows)


def name(row: Mapping[Any, Any]) -> str:
    """Return ``backend:variant``, or ``backend@environment:variant``, of a line of the frame."""
    environment = f"@{row['environment']}" if isinstance(row["environment"], str) else ""
    return f"{row['backend']}{environment}:{row['variant']}"
