"""The rows of one comparison in one run, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits, quantity, spread, threads, where, written
from rnnbench.report.one_run import best, learning
from rnnbench.report.one_run.columns import Shown, is_base
from rnnbench.report.tables import Cell
from rnnbench.text import many


def title(one: RowResult) -> str:
    """Return what the comparison of a row is called."""
    return f"{one.task} · {one.model}"


def setting(one: RowResult) -> str:
    """Return what holds for all rows of a comparison."""
    node = f" · on {one.node}" if one.node else ""
    return f"{one.sizes} · {where(one.device, one.threads, one.dtype)}{node}"


def rows(results: Sequence[RowResult], shown: Sequence[Shown]) -> list[list[Cell]]:
    """Return the cells of the rows of one comparison in one run, the best of them marked."""
    cells: list[list[Cell]] = [[cell(one) for _, cell in shown] for one in results]
    return best.marked(results, [one.column.key for one in shown], cells)


def notes(results: Sequence[RowResult], base: str) -> list[str]:
    """Return what stands below the rows of one comparison in one run."""
    found = [*failures(results), *remarks(results)]
    if how := learning.trained(results):
        found.append(f"trained: {how}")
    found += [*learning.remarks(results), *printed(results)]
    return [*found, *hidden_base(results, base)]


def hidden_base(results: Sequence[RowResult], base: str) -> list[str]:
    """Return a line if ratios are to a row that is left out."""
    if any(one.ratio for one in results) and not any(map(is_base, results)):
        return [f"ratios are to the {base} row, which is not shown"]
    return []


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
        *unproved(timed),
        *unaudited(timed),
        *load(timed[0]),
        *peak(timed),
        *origin(results),
    ]
    for one in timed:
        if one.traces:
            found.append(f"{one.row} compiled {many(one.traces, 'time')} while it was timed")
        if one.threads_used is not None and one.threads_used != one.threads:
            found.append(f"{one.row} computes with {threads(one.threads_used)}")
    if len({bool(one.denormals_flushed) for one in timed}) > 1:
        kept = [str(one.row) for one in timed if not one.denormals_flushed]
        found.append(f"denormals are not flushed to zero by {', '.join(kept)}")
    if timed[0].gpu_strangers:
        found.append(f"other processes used the GPU: {timed[0].gpu_strangers}")
    return found


def printed(results: Sequence[RowResult]) -> list[str]:
    """Return where printed figures are from, and in what ours are of another protocol."""
    sources = dict.fromkeys(one.printed_source for one in results if one.printed_source)
    apart = dict.fromkeys(one.printed_departs for one in results if one.printed_departs)
    return [
        *(f"printed: {source}" for source in sources),
        *(f"another protocol than that of what is printed: {words}" for words in apart),
    ]


def load(one: RowResult) -> list[str]:
    """Return how busy the machine was while a comparison was timed, and just before."""
    found = []
    if one.load is not None:
        found.append(f"load up to {one.load:.1f} while timed, our {threads(one.threads)} included")
    if one.others_cpus is not None and one.others is not None:
        used = f"{one.others_cpus:.2g}"
        cpus = f"{used} CPU" if used == "1" else f"{used} CPUs"
        found.append(f"before it others used {cpus}: {one.others}")
    return ["; ".join(found)] if found else []


def peak(timed: Sequence[RowResult]) -> list[str]:
    """Return the peak, or that there is none, and which rows contradict it by being faster."""
    known = [one for one in timed if one.of_peak]
    if not known:
        none = "no peak: matrix products were too few, disturbed, or too far apart"
        return [none] if any(one.gflops for one in timed) else []
    best = written(quantity(known[0].peak_gflops))
    faster = [
        f"{one.row} contradicts the peak: it computes {digits(one.gflops or 0, 2)} GFLOP/s"
        for one in known
        if one.of_peak and one.of_peak.value > 1
    ]
    beyond = [
        f"{one.row} contradicts the limit: it takes "
        f"{digits(1 / one.of_step_limit.value, 2)} of the shortest time"
        for one in known
        if one.of_step_limit and one.of_step_limit.value > 1
    ]
    return [f"peak: {best} GFLOP/s, of the best matrix product", *faster, *beyond]


def origin(results: Sequence[RowResult]) -> list[str]:
    """Return that a comparison was broken off, and what of it is from an earlier run."""
    found = []
    if not results[0].complete:
        found.append("interrupted; it is timed again when the run is resumed")
    if runs := sorted({one.reused for one in results if one.reused is not None}):
        found.append(f"measured in an earlier run: {', '.join(runs)}")
    return found


def unproved(timed: Sequence[RowResult]) -> list[str]:
    """Return which rows are nets of the user's, of which nothing is proved."""
    nets = [f"{one.row} ({one.own})" for one in timed if one.own is not None]
    words = "a net of your own, not proved to compute the same function as the others"
    return [f"{words}: {', '.join(nets)}"] if nets else []


def unaudited(timed: Sequence[RowResult]) -> list[str]:
    """Return in which rows what was timed is not proved: neither oracle nor others reach it."""
    whole = [one for one in timed if one.complete and one.own is None]
    none = [str(one.row) for one in whole if one.audit_error is None]
    forward = [
        str(one.row) for one in whole if one.audit_error is not None and one.audit_followed is False
    ]
    found = [f"proved before it was timed alone, not audited: {', '.join(none)}"] if none else []
    if forward:
        found.append(
            "training proved before it was timed alone; the audit could not judge it, as neither "
            f"the oracle nor two other backends tell what rounding becomes: {', '.join(forward)}"
        )
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
        f"{row} {spread(share, beside=asked)}"
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
    return f"{rounds - clean} of {many(rounds, 'block')} disturbed by others"
