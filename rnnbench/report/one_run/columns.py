"""The columns of a run: all that is known of a row, and what of it is shown to people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, get_args, get_type_hints

from rnnbench.analysis.row_result import Meaning, RowResult
from rnnbench.analysis.streaming import StreamResult
from rnnbench.analysis.two_runs.metrics import LEAST_COMPILE_S
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import is_wide, quantity
from rnnbench.report.tables import Better, Cell, Column, Kind, Quantity
from rnnbench.schema.row import Row


class Shown(NamedTuple):
    """A column, and what a row has in it."""

    column: Column
    cell: Callable[[Any], Cell]


#: The first column of a block: the backend in its variant.
NAME = Shown(Column("row", ""), lambda one: str(one.row))


@cache
def facts() -> dict[str, Shown]:
    """Return all that is known of a row, by the names that ``show --json`` has; see RowResult.

    A time, a ratio or a score is one column with its interval.
    """
    hints = get_type_hints(RowResult, include_extras=True)
    found = [one for field, hint in hints.items() for one in _facts_of(field, *get_args(hint))]
    return {one.column.key: one for one in found}


def _facts_of(field: str, hint: object, meaning: Meaning) -> Iterator[Shown]:
    """Yield the columns of one field: those of its names for a row, one for all else."""
    if hint is Row:
        yield Shown(Column("backend", "backend"), attrgetter("row.backend"))
        yield Shown(Column("variant", "variant"), attrgetter("row.variant"))
        yield Shown(Column("environment", "environment"), lambda one: one.row.environment or None)
        return
    column = Column(field, title(field), meaning.unit, kind_of(hint))
    value: Callable[[RowResult], Any] = attrgetter(field)
    if column.kind == "estimate":
        yield Shown(column, lambda one: quantity(value(one)))
    elif column.kind == "count":
        yield Shown(column, lambda one: Quantity(value(one)))
    elif column.kind == "figure":
        yield Shown(column, lambda one: Quantity(value(one), digits=3))
    elif column.kind == "text":
        yield Shown(column, lambda one: value(one) or None)
    else:
        yield Shown(column, value)


def kind_of(hint: object) -> Kind:
    """Return what a field of this type holds."""
    kinds: dict[object, Kind] = {Estimate: "estimate", bool: "flag", int: "count", float: "figure"}
    among = get_args(hint) or (hint,)
    return next((kind for kind_hint, kind in kinds.items() if kind_hint in among), "text")


def title(field: str) -> str:
    """Return the name of a field for people, its unit left out."""
    for unit in ("_ms", "_mib", "_s"):
        if not field.endswith(f"_per{unit}"):
            field = field.removesuffix(unit)
    return field.replace("_", " ")


def shown(
    results: Sequence[RowResult], base: str, wanted: Sequence[str] | None = None
) -> list[Shown]:
    """Return the columns of a block as people read them.

    Args:
        results: of one comparison.
        base: what ratios are taken to, in words.
        wanted: the keys of columns, the usual ones by default.
    """
    printed = (one for one in results if one.printed is not None)
    known = facts() | drawn(next(printed, results[0]), base)
    if wanted is not None:
        known |= {key: in_full(known[key], of) for key, of in NARROW.items()}
    return [NAME, *(known[key] for key in (usual(results) if wanted is None else wanted))]


def in_full(shown: Shown, figure: Callable[[RowResult], Estimate | None]) -> Shown:
    """Return a column with its intervals, for which there is room where it was asked for."""

    def cell(one: RowResult) -> Cell:
        found = figure(one)
        return quantity(found) if found else shown.cell(one)

    return Shown(shown.column, cell)


def usual(results: Sequence[RowResult]) -> list[str]:
    """Return the keys of the usual columns; verdicts and scores are there where a row has one."""

    def there(key: str) -> list[str]:
        return [key] * any(map(attrgetter(key), results))

    learnt = ["loss", "score", *there("score_verdict")] * bool(there("score"))
    steps = ["target_steps"] * bool(there("target_reached"))
    target = [*steps, *there("target_s"), *there("target_compiled_s")]
    keys = ["train_step_ms", "ratio", *there("verdict"), "forward_ms", "compile_s"]
    printed = ["printed", "printed_standing"] * any(one.printed is not None for one in results)
    peak = ["of_peak", *there("of_step_limit")]
    errors = ["parity_error"] * any(one.own is not None for one in results)
    return [*keys, *errors, *memory(results), *peak, *learnt, *printed, *target]


def memory(results: Sequence[RowResult]) -> list[str]:
    """Return the columns of the memory; a file that does not tell what a row adds has the peak."""
    measured = [one for one in results if one.peak_memory_mib is not None]
    if measured and all(one.memory_added_mib is None for one in measured):
        return ["peak_memory_mib"]
    return ["memory_base_mib", "memory_added_mib"]


def drawn(first: RowResult, base: str) -> dict[str, Shown]:
    """Return the columns that people see otherwise than they are stored, by key.

    Args:
        first: a row of the comparison, which says what its score is; one that others have printed
            a figure of, where there is one.
        base: what ratios are taken to, in words.
    """
    named = Column(
        "score", first.score_name, "", "estimate", better(first), naive(first.naive_score)
    )
    return drawn_as(named, naive(first.naive_loss), printed_column(first), base)


def better(one: RowResult) -> Better:
    """Return in which direction the score of a row is better."""
    return "higher" if one.score_higher_is_better else "lower"


def naive(value: float) -> Quantity:
    """Return what a predictor that has learnt nothing comes to."""
    return Quantity(value, digits=3)


@lru_cache  # many comparisons have the same
def drawn_as(named: Column, loss: Quantity, printed: Column, base: str) -> dict[str, Shown]:
    """Return these columns for comparisons that have a score, a loss and printed figures alike."""
    found = [
        NAME,
        Shown(Column("train_step_ms", "train step", "ms", "estimate"), step),
        Shown(Column("ratio", f"of {base}", "×", "estimate"), ratio),
        Shown(Column("verdict", "verdict"), lambda one: one.verdict or ""),
        Shown(Column("forward_ms", "forward", "ms", "estimate"), forward),
        Shown(
            Column("compile_s", "compile", "s", "figure"),
            lambda one: Quantity(one.compile_s, least=LEAST_COMPILE_S),
        ),
        Shown(Column("parity_error", "error"), error),
        Shown(
            Column("peak_memory_mib", "memory", "MiB", "figure"),
            lambda one: Quantity(one.peak_memory_mib, digits=3),
        ),
        Shown(
            Column("memory_added_mib", "row adds", "MiB", "figure"),
            lambda one: Quantity(one.memory_added_mib, digits=3),
        ),
        Shown(Column("of_peak", "of peak", "%", "estimate"), of_peak),
        Shown(
            Column("of_step_limit", "of limit", "%", "estimate"),
            lambda one: share_of(one.of_step_limit, one.step_gflops),
        ),
        Shown(
            Column("loss", "loss", kind="figure", naive=loss),
            lambda one: Quantity(one.loss, digits=3),
        ),
        Shown(named, score),
        Shown(Column("score_verdict", "score verdict"), lambda one: one.score_verdict or ""),
        Shown(printed, lambda one: Quantity(one.printed, digits=None)),
        Shown(Column("printed_standing", "ours is"), stands),
        Shown(Column("target_steps", "to target", "steps", "estimate", below=True), target_steps),
        Shown(
            Column("target_s", "to target", "s", "estimate", below=True),
            lambda one: quantity(one.target_s),
        ),
        Shown(
            Column("target_compiled_s", "with compile", "s", "estimate", below=True),
            lambda one: quantity(one.target_compiled_s),
        ),
    ]
    return {one.column.key: one for one in found}


def step(one: RowResult) -> Cell:
    """Return the time of a training step, or how the row ended: disturbed in every block, say."""
    if one.train_step_ms:
        return quantity(one.train_step_ms, "symmetric")
    return "disturbed" if one.rounds else one.status


def forward(one: RowResult) -> Cell:
    """Return the time of a forward pass, alone; without one a timed row was always disturbed."""
    if one.forward_ms is None:
        return "disturbed" if one.rounds else quantity(None)
    return alone(one.forward_ms)


def ratio(one: RowResult | StreamResult) -> Cell:
    """Return the ratio to the base, of which it is 1."""
    return Quantity(1) if is_base(one) else quantity(one.ratio, "symmetric")


def error(one: RowResult) -> Cell:
    """Return the largest error against the oracle, or that nothing is proved of a user's net."""
    known = one.own is None and one.parity_error is not None
    return f"{one.parity_error:.1e}" if known else "own" if one.own else None


def of_peak(one: RowResult) -> Cell:
    """Return the share of the peak in per cent; the interval of the peak stands in a note."""
    return share_of(one.of_peak, one.peak_gflops)


def share_of(share: Estimate | None, rate: Estimate | None) -> Cell:
    """Return a share of what a rate allows in per cent, as sure as that rate is."""
    if share is None:
        return quantity(None)
    found = share.scaled(100)
    known = rate is not None and rate.low is not None
    return alone(found) if known else quantity(Estimate(found.value))


def alone(estimate: Estimate) -> Cell:
    """Return an estimate without its interval, which there is no room for: ``~`` of a wide one."""
    shown = quantity(estimate, "exact")
    return quantity(Estimate(estimate.value)) if estimate.low is None or is_wide(shown) else shown


def score(one: RowResult) -> Cell:
    """Return the score: a mean with its interval, or the exact one of a single seed."""
    if one.score and one.score.low is not None:
        return quantity(one.score)
    return Quantity(one.score.value if one.score else None, digits=3)


def printed_column(first: RowResult) -> Column:
    """Return the column of what others have printed, which is all of one metric."""
    metric = first.printed_metric or ""
    name = first.score_name if metric == "score" else title(metric)
    unit = "" if metric == "score" else first.printed_unit or ""
    return Column("printed", f"printed {name}", unit, "figure")


def stands(one: RowResult) -> str:
    """Return where a figure stands beside the printed one, or why it can't be said."""
    if one.printed is None:
        return ""
    return "other protocol" if one.printed_departs else one.printed_standing or "–"


def target_steps(one: RowResult) -> Cell:
    """Return the steps to the target, or with how many seeds it was reached, if not with all."""
    steps, reached = one.target_steps, one.target_reached
    if steps is None and reached is not None:
        return "not reached" if reached.startswith("0 ") else f"reached by {reached}"
    if steps is None:
        return Quantity(None)
    return quantity(steps) if steps.low is not None else Quantity(round(steps.value))


def is_base(one: RowResult | StreamResult) -> bool:
    """Return whether ratios are taken to this row, or could as well be."""
    return one.ratio is not None and one.ratio.value == 1


def by_ratio(one: RowResult | StreamResult) -> float:
    """Return what rows are ordered by: the ratio, those without one last."""
    return one.ratio.value if one.ratio else math.inf


def percent(share: Estimate | None) -> Estimate | None:
    """Return a share in per cent."""
    return share and share.scaled(100)


#: The figures whose intervals the usual table has no room for.
NARROW: dict[str, Callable[[RowResult], Estimate | None]] = {
    "forward_ms": lambda one: one.forward_ms,
    "of_peak": lambda one: percent(one.of_peak),
    "of_step_limit": lambda one: percent(one.of_step_limit),
}
