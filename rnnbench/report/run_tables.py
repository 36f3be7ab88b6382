"""The tables of a run: one per comparison, its rows the fastest first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Literal

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.two_runs.metrics import LEAST_COMPILE_S
from rnnbench.measure.estimates import Estimate
from rnnbench.report import learning
from rnnbench.report.numbers import digits, quantity, spread, threads, where, written
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.results.queries import opened_of, run_of
from rnnbench.schema.records import AnyRecord
from rnnbench.text import duration, plain

#: A column, and what a row has in it.
Shown = tuple[Column, Callable[[RowResult], Cell]]


def heading(records: Sequence[AnyRecord]) -> str:
    """Return the name of a run, and with what, when, where and how long it was measured."""
    run = run_of(records)
    opened = {row.place: (row, reply) for row, reply in opened_of(records).items()}
    versions = [
        f"{place} {reply.versions[row.backend]}"
        for place, (row, reply) in opened.items()
        if row.backend in reply.versions
    ]
    place = f"{run.machine.cpu}, {run.machine.cpus} CPUs, {run.machine.system}"
    when = f"{run.started[:16].replace('T', ' ')} UTC"
    seconds = max(record.elapsed for record in records)
    took = f"took {duration(seconds)}" if seconds else ""
    parts = (run.name, f"rnnbench {run.rnnbench}", ", ".join(versions), place, when, took)
    return plain(" · ".join(filter(None, parts)))


def tables(results: Iterable[RowResult], base: str = "fastest") -> list[Table]:
    """Return a table per comparison, in the order they were measured.

    Args:
        results: of one run.
        base: what their ratios are taken to.
    """
    return [table(list(own), base) for _, own in groupby(results, key=attrgetter("comparison"))]


def table(results: Sequence[RowResult], base: str = "fastest") -> Table:
    """Return the table of one comparison, the fastest row first."""
    first = results[0]
    ordered = sorted(results, key=lambda one: one.ratio.value if one.ratio else math.inf)
    shown = columns(results, base)
    return Table(
        title=f"{first.task} · {first.model}",
        setting=f"{first.sizes} · {where(first.device, first.threads, first.dtype)}",
        header=[column for column, _ in shown],
        rows=[[cell(one) for _, cell in shown] for one in ordered],
        notes=[*failures(ordered), *remarks(ordered), *learning.remarks(ordered)],
    )


def columns(results: Sequence[RowResult], base: str) -> list[Shown]:
    """Return the columns of a table; verdicts and scores are there where a row has one."""
    shown: list[Shown] = [
        (Column(""), lambda one: str(one.row)),
        (Column("train step", "ms"), step),
        (Column(f"of {base}", "×"), ratio),
    ]
    if any(one.verdict for one in results):
        shown.append((Column("verdict"), lambda one: one.verdict or ""))
    shown += [
        (Column("forward", "ms"), forward),
        (Column("compile", "s"), lambda one: Quantity(one.compile_s, least=LEAST_COMPILE_S)),
        *memory(results),
        (Column("of peak", "%"), of_peak),
    ]
    return shown + learnt(results) * any(one.score for one in results)


def memory(results: Sequence[RowResult]) -> list[Shown]:
    """Return the columns of the memory; a file that does not tell what a row adds has the peak."""
    if all(one.memory_added_mib is None for one in results):
        return [(Column("memory", "MiB"), lambda one: Quantity(one.peak_memory_mib, digits=3))]
    return [
        (Column("memory base", "MiB"), lambda one: Quantity(one.memory_base_mib, digits=3)),
        (Column("row adds", "MiB"), lambda one: Quantity(one.memory_added_mib, digits=3)),
    ]


def learnt(results: Sequence[RowResult]) -> list[Shown]:
    """Return the columns of what was learnt, held against a predictor that knows nothing."""
    first = results[0]
    loss, naive = Quantity(first.naive_loss, digits=3), Quantity(first.naive_score, digits=3)
    better: Literal["higher", "lower"] = "higher" if first.score_higher_is_better else "lower"
    shown: list[Shown] = [
        (Column("loss", naive=loss), lambda one: Quantity(one.loss, digits=3)),
        (Column(first.score_name, naive=naive, better=better), score),
    ]
    if any(one.score_verdict for one in results):
        shown.append((Column("score verdict"), lambda one: one.score_verdict or ""))
    return shown


def step(one: RowResult) -> Cell:
    """Return the time of a training step, or how the row ended: disturbed in every block, say."""
    if one.train_step_ms:
        return quantity(one.train_step_ms, "symmetric")
    return "disturbed" if one.rounds else one.status


def forward(one: RowResult) -> Cell:
    """Return the time of a forward pass: alone, or ``~`` where it has no interval."""
    has_interval = one.forward_ms is not None and one.forward_ms.low is not None
    return Quantity(value(one.forward_ms), form="exact" if has_interval else "estimate")


def ratio(one: RowResult) -> Cell:
    """Return the ratio to the base, which itself has none."""
    return Quantity(1, digits=1) if is_base(one) else quantity(one.ratio, "symmetric")


def of_peak(one: RowResult) -> Cell:
    """Return the share of the peak in per cent; the interval of the peak stands in a note."""
    share = one.of_peak and one.of_peak.scaled(100)
    known = one.peak_gflops is not None and one.peak_gflops.low is not None
    return Quantity(share.value) if share and known else quantity(share)


def score(one: RowResult) -> Cell:
    """Return the score: a mean with its interval, or the exact one of a single seed."""
    if one.score and one.score.low is not None:
        return quantity(one.score)
    return Quantity(value(one.score), digits=3)


def is_base(one: RowResult) -> bool:
    """Return whether ratios are taken to this row, or could as well be."""
    return one.ratio is not None and one.ratio.value == 1


def value(estimate: Estimate | None) -> float | None:
    """Return a figure without its interval."""
    return estimate.value if estimate else None


def failures(results: Sequence[RowResult]) -> list[str]:
    """Return a line for each row that is not ok, or was not finished."""
    return [f"{one.row} {one.status}: {one.reason}" for one in results if one.reason is not None]


def remarks(results: Sequence[RowResult]) -> list[str]:
    """Return how far the timing of a comparison can be trusted."""
    timed = [one for one in results if one.rounds is not None]
    if not timed:
        return []
    found = [
        precise(timed),
        disturbed(timed),
        *unranked(timed),
        *load(timed[0]),
        *peak(timed),
        *origin(results),
    ]
    for one in timed:
        if one.traces:
            found.append(f"{one.row} compiled {one.traces} times while it was timed")
        if one.threads_used is not None and one.threads_used != one.threads:
            found.append(f"{one.row} computes with {threads(one.threads_used)}")
    if len({bool(one.denormals_flushed) for one in timed}) > 1:
        kept = [str(one.row) for one in timed if not one.denormals_flushed]
        found.append(f"denormals are not flushed to zero by {', '.join(kept)}")
    if timed[0].gpu_strangers:
        found.append(f"others used the GPU: {timed[0].gpu_strangers} processes")
    return found


def load(one: RowResult) -> list[str]:
    """Return how busy the machine was while a comparison was timed, and just before."""
    found = []
    if one.load is not None:
        found.append(f"load up to {one.load:.1f} while timed, our {threads(one.threads)} included")
    if one.others_cpus is not None and one.others is not None:
        found.append(f"before it others used {one.others_cpus:.2g} CPUs: {one.others}")
    return ["; ".join(found)] if found else []


def peak(timed: Sequence[RowResult]) -> list[str]:
    """Return the peak, or that there is none, and which rows contradict it by being faster."""
    known = [one for one in timed if one.of_peak]
    if not known:
        none = "no peak: too few matrix products undisturbed, or too far apart"
        return [none] if any(one.gflops for one in timed) else []
    best = written(quantity(known[0].peak_gflops))
    faster = [
        f"{one.row} contradicts the peak: it computes {digits(one.gflops or 0, 2)} GFLOP/s"
        for one in known
        if one.of_peak and one.of_peak.value > 1
    ]
    return [f"peak: {best} GFLOP/s, of the best matrix product", *faster]


def origin(results: Sequence[RowResult]) -> list[str]:
    """Return that a comparison was broken off, and what of it is from an earlier run."""
    found = []
    if not results[0].complete:
        found.append("interrupted; it is timed again when the run is resumed")
    if runs := sorted({one.reused for one in results if one.reused is not None}):
        found.append(f"measured in an earlier run: {', '.join(runs)}")
    return found


def unranked(timed: Sequence[RowResult]) -> list[str]:
    """Return why rows have no ratio, a line per reason."""
    reasons: dict[str, list[str]] = {}
    for one in timed:
        if one.unranked:
            reasons.setdefault(one.unranked, []).append(str(one.row))
    return [f"not ranked: {', '.join(rows)}: {reason}" for reason, rows in reasons.items()]


def precise(timed: Sequence[RowResult]) -> str:
    """Return which rows are not as precise as was asked, and whether that holds elsewhere.

    What counts is a row's ratio; of a row alone it is its time.
    """
    others = [one for one in timed if not is_base(one)] or list(timed)
    asked, processes = timed[0].precision_asked or 0.0, timed[0].processes or 0
    shares = {str(one.row): precision(one) for one in others}
    short = [
        f"{row} {spread(share)}"
        for row, share in shares.items()
        if share is None or not share <= asked
    ]
    of = f"of {processes} processes per row" if processes > 2 else "within these processes"
    if short:
        return f"timing: not within {spread(asked)}: {', '.join(short)}; {of}"
    return f"timing: within {spread(asked)}, {of}"


def precision(one: RowResult) -> float | None:
    """Return half the relative width of the interval that a row is judged by, None without one."""
    judged = one.train_step_ms if is_base(one) else one.ratio
    return judged.precision if judged and judged.low is not None else None


def disturbed(timed: Sequence[RowResult]) -> str:
    """Return how many blocks were set aside."""
    rounds = sum(one.rounds or 0 for one in timed)
    clean = sum(one.clean or 0 for one in timed)
    return f"{rounds - clean} of {rounds} blocks disturbed by others"
