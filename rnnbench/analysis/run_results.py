"""The rows of a run: what was timed and what was trained, joined."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import comb
from typing import Any

from rnnbench.analysis.learning.learnt import learning
from rnnbench.analysis.learning.scores import Trained, score_pairs, trained_rows
from rnnbench.analysis.learning.target import to_target
from rnnbench.analysis.printed import printed_beside
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.row_times import UNITY, MeasuredRows, RowTimes, row_times
from rnnbench.measure import peak_rate
from rnnbench.measure.estimates import Effect, Estimate
from rnnbench.measure.scores import FEWEST_SEEDS, SCORE_DELTA, ScorePair, score_verdicts
from rnnbench.measure.verdicts import DELTA, Verdict, verdicts
from rnnbench.results.queries import (
    opened_of,
    peaks,
    plan_of,
    planned_of,
    shown_timings,
    step_rates,
    trainings,
)
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.machine import Look
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import RowTiming, Timing
from rnnbench.schema.row import Row
from rnnbench.schema.status import MEASURED, Status
from rnnbench.schema.step_product import ProductShape


def row_results(
    records: Sequence[AnyRecord],
    baseline: Row | None = None,
    delta: float = DELTA,
    measured: MeasuredRows | None = None,
    score_delta: float = SCORE_DELTA,
) -> list[RowResult]:
    """Return the rows that have been timed, in the order they were measured.

    Args:
        records: of one run, its :class:`~rnnbench.schema.records.beginning.Run` first.
        baseline: what ratios and verdicts refer to; the fastest row of a block by default.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.
        measured: the rows with figures, where the caller needs their blocks as well.
        score_delta: see :func:`rnnbench.measure.scores.score_verdicts`.
    """
    plan, planned, opened = plan_of(records), planned_of(records), opened_of(records)
    processes = {row: process(opened.get(row)) for row in plan.rows}
    own_nets = {net.row: f"{net.path}:{net.name}" for net in plan.own}
    timed, rates = shown_timings(records), best_rates(peaks(records))
    step_products = best_rates(step_rates(records))
    times = row_times(measured or MeasuredRows(timed), baseline)
    judged = judgements(times, delta, baseline)
    trained = trained_rows(timed, trainings(records), len(plan.seeds))
    bases = references(timed, times, baseline)
    judging = len(plan.seeds) >= FEWEST_SEEDS
    scores = judged_scores(score_pairs(trained, bases, planned), score_delta) if judging else {}
    found = []
    for timing, own_times in zip(timed, times, strict=True):
        what, where = planned[timing.key], place(timing.comparison)
        rate = rates.get((*where, None))
        common = specification(what, timing) | conditions(timing)
        for row in timing.rows:
            fields = {**common, **outcome(row), **processes[row.row]}
            fields["own"] = own_nets.get(row.row)
            if own := own_times.get(row.row):
                fields |= figures(row, own, next(judged)) | throughput(what, timing, row, own, rate)
                if row.step_products and rate:
                    of_shape = step_products.get((*where, row.step_products.shape))
                    fields |= beside_limit(row, own, rate, of_shape)
                fields["precision_asked"] = plan.precision
            learnt = trained[timing.key, row.row]
            fields["learning"] = learning(what, learnt)
            step = fields.get("train_step_ms")
            fields |= to_target(what, learnt, step and step.scaled(1e-3), fields.get("compile_s"))
            fields |= scores.get((timing.key, row.row), {})
            fields |= ended(row, learnt) | origin(timing, learnt)
            found.append(RowResult(**fields, **printed_beside(what, row.row, fields)))
    return found


def judgements(
    times: Sequence[Mapping[Row, RowTimes]], delta: float, baseline: Row | None
) -> Iterator[Verdict | None]:
    """Return the verdicts on all ratios of a run, in the order of its rows."""
    ratios = [one.ratio for comparison in times for one in comparison.values()]
    return iter(verdicts(ratios, delta, None if baseline else pairs(times)))


def references(
    timed: Sequence[Timing], times: Sequence[Mapping[Row, RowTimes]], baseline: Row | None
) -> dict[str, Row]:
    """Return the row that the scores of each comparison are held against, where there is one."""
    found = zip(timed, times, strict=True)
    return {timing.key: row for timing, own in found if (row := reference(own, baseline))}


def reference(times: Mapping[Row, RowTimes], baseline: Row | None) -> Row | None:
    """Return the row that scores are held against: that which ratios are taken to.

    A comparison that was too disturbed for ratios has scores all the same: there it is the first.
    """
    if baseline:
        return baseline if baseline in times else None
    bases = (row for row, one in times.items() if one.ratio is UNITY)
    return next(bases, next(iter(times), None))


def judged_scores(
    pairs: Mapping[tuple[str, Row], ScorePair], delta: float
) -> dict[tuple[str, Row], dict[str, Any]]:
    """Return the differences and verdicts of scores, by key of the comparison and row."""
    verdicts = score_verdicts(list(pairs.values()), delta)
    return {
        key: {"score_difference": pair.difference, "score_verdict": verdict}
        for (key, pair), verdict in zip(pairs.items(), verdicts, strict=True)
    }


def pairs(times: Sequence[Mapping[Row, RowTimes]]) -> int:
    """Return in how many pairs of rows one could have come out as the fastest."""
    return sum(comb(sum(one.ratio is not None for one in found.values()), 2) for found in times)


def place(comparison: Comparison) -> tuple[str, str]:
    """Return on which device and in which dtype a comparison was timed."""
    return comparison.device, comparison.dtype


def best_rates(
    measured: Iterable[Peak],
) -> dict[tuple[str, str, ProductShape | None], Estimate]:
    """Return the best GFLOP/s of any backend's matrix product, by device, dtype and shape."""
    products: dict[tuple[str, str, ProductShape | None], dict[str, list[Peak]]] = {}
    for peak in measured:
        backends = products.setdefault((peak.device, peak.dtype, peak.shape), {})
        backends.setdefault(peak.backend, []).append(peak)
    found = {
        where: peak_rate.best(map(peak_rate.rate, backends.values()))
        for where, backends in products.items()
    }
    return {where: best for where, best in found.items() if best is not None}


def specification(planned: Planned, timing: Timing) -> dict[str, Any]:
    """Return what a comparison is."""
    comparison = timing.comparison
    return {
        "comparison": timing.key,
        "task": comparison.task,
        "network": comparison.network,
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
        "split": planned.split,
        "cell_plugin": planned.cell_plugin,
        "task_plugin": planned.task_plugin,
        "network_plugin": planned.network_plugin or None,
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
    return max((error for error in errors if error is not None), default=None)


def figures(row: RowTiming, found: RowTimes, verdict: Verdict | None) -> dict[str, Any]:
    """Return the figures of a measured row, in the table's units; medians over its processes."""
    step, forward, ratio = map(estimate, (found.step, found.forward, found.ratio))
    first = median([process.first_step_s for process in row.processes])
    traces = [process.traces for process in row.processes if process.traces is not None]
    return {
        "train_step_ms": step and step.scaled(1e3),
        "train_step_ms_p10": found.low * 1e3,
        "forward_ms": forward and forward.scaled(1e3),
        "ratio": ratio,
        "unranked": found.unranked,
        "verdict": verdict,
        "precision": ratio.precision if ratio and ratio.low is not None else None,
        "processes": len(row.processes),
        "rounds": found.rounds,
        "clean": found.clean,
        "first_step_s": first,
        "first_forward_s": median([process.first_forward_s for process in row.processes]),
        "compile_s": max(0.0, first - step.value) if step else None,
        "peak_memory_mib": median_mib(process.peak_memory for process in row.processes),
        "memory_added_mib": median_mib(process.added_memory for process in row.processes),
        "page_faults_per_step": page_faults_per_step(row),
        "traces": sum(traces) if traces else None,
    }


def page_faults_per_step(row: RowTiming) -> float | None:
    """Return how many pages a training step has asked the system for; None in older files."""
    counted = [
        (block.faults, block.calls)
        for process in row.processes
        for block in process.steps
        if block.faults is not None
    ]
    faults, calls = (sum(of_all) for of_all in zip(*counted, strict=True)) if counted else (0, 0)
    return faults / calls if calls else None


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
    """Return what a measured row gets done in a second, and the share of the peak rate."""
    if found.step is None or row.flops is None or timing.length is None:
        return {}
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


def ended(row: RowTiming, trained: Trained) -> dict[str, Any]:
    """Return how a row ended, and what it has learnt."""
    status, reason = end(row, trained)
    return {
        "status": status,
        "reason": reason,
        "seeds": len(trained.done),
        "loss": trained.loss,
        "kept_steps": kept_steps(trained),
        "score": trained.score,
    }


def end(row: RowTiming, trained: Trained) -> tuple[Status, str | None]:
    """Return the status of a row, its trainings included, and the reason of it."""
    status, reason, done = row.status, row.reason, len(trained.done)
    if status in MEASURED and done < len(trained.records) and trained.failed:
        status, reason = trained.failed[0].status, trained.failed[0].reason
    if status in MEASURED and done < trained.seeds:
        reason = "; ".join(filter(None, [reason, unfinished(done, trained.seeds)]))
    return status, reason


def unfinished(done: int, seeds: int) -> str:
    """Return what is said of a row that was timed and whose trainings are not all done."""
    return f"trained with {done} of {seeds} seeds" if done else "timed, not yet trained"


def kept_steps(trained: Trained) -> str | None:
    """Return ``90 of 120``: the step whose weights early stopping kept, for each seed."""
    kept = [f"{one.best} of {one.curve[-1][0]}" for one in trained.done if one.best is not None]
    return ", ".join(kept) or None


def origin(timing: Timing, trained: Trained) -> dict[str, Any]:
    """Return whether a row was measured to the end, and in which earlier run if not in this one."""
    sources = {timing.reused, *(one.reused for one in trained.records)}
    return {
        "complete": timing.complete,
        "reused": ", ".join(sorted(name for name in sources if name)) or None,
    }


def conditions(timing: Timing) -> dict[str, Any]:
    """Return what held on the machine while a comparison was timed."""
    loads = [r.load for r in timing.rounds if r.load is not None]
    strangers = [r.gpu_strangers for r in timing.rounds if r.gpu_strangers is not None]
    return {
        "load": max(loads, default=None),
        "others_cpus": timing.look.used if timing.look else None,
        "others": names_of_others(timing.look),
        "gpu_strangers": max(strangers, default=None),
    }


def names_of_others(look: Look | None) -> str | None:
    """Return who used the CPUs just before the timing, None if nobody was seen."""
    names = [f"{one.name} {one.cpus:.2g}" for one in look.busiest] if look else []
    return ", ".join(names) or None


def process(opened: Opened | None) -> dict[str, Any]:
    """Return what held in the process of a row."""
    return {
        "threads_used": opened.threads if opened else None,
        "memory_base_mib": median_mib([opened.memory]) if opened else None,
        "matmul": opened.matmul if opened else None,
        "denormals_flushed": opened.denormals_flushed if opened else None,
        "plugin": opened.plugin if opened else None,
    }
