"""The wide table of a paper: one facet in its rows, and a column for each of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec.structs import replace

from rnnbench.analysis.row_result import RowResult
from rnnbench.measure.estimates import FEWEST_PROCESSES
from rnnbench.report.numbers import directed, threads, written
from rnnbench.report.one_run import best, columns, learning
from rnnbench.report.one_run import tables as run_tables
from rnnbench.report.publish.facets import Pivot, facets, names
from rnnbench.report.publish.flat import apart, of_one_kind
from rnnbench.report.publish.reasons import failures, place, shared
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import Source, obstacles
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.schema.status import MEASURED

#: The metrics that are those of trainings.
LEARNT = frozenset({"loss", "score", "target_steps", "target_s", "target_compiled_s"})
#: Those whose heading says what to hold a figure against, if it is the same for all in the column:
#: how it is called, and that of a predictor that has learnt nothing.
MIXED: dict[str, Callable[[RowResult], tuple[str, float]]] = {
    "score": lambda one: (one.score_name, one.naive_score),
    "loss": lambda one: ("loss", one.naive_loss),
}
#: What tells programs the same, by the keys of a row.
SAID = {
    "score": ("score_name", "score_higher_is_better", "naive_score"),
    "loss": ("naive_loss",),
}
#: What a column of a pivot is: the identities of all facets but that of the rows.
Head = tuple[Any, ...]


@dataclass
class Places:
    """Where every figure stands.

    Attributes:
        rows: the names of the rows by the identity of their facet, in order.
        heads: the names of the columns: of each facet that is not the same for all of them.
        setting: what holds for all.
        cells: the figures of each column by the row they stand in.
    """

    rows: dict[Any, str]
    heads: dict[Head, list[str]]
    setting: str
    cells: dict[Head, dict[Any, RowResult]] = field(default_factory=dict)


class Style(NamedTuple):
    """How columns are drawn.

    Attributes:
        base: what ratios are taken to.
        with_best: whether the best of a column is marked.
        short: whether the name of the metric is left out.
    """

    base: str
    with_best: bool
    short: bool


def table(
    sources: Sequence[Source],
    pivot: Pivot,
    metrics: Sequence[str],
    wanted: Selection,
    with_status: bool = False,
) -> Table:
    """Return the pivot of some runs.

    What may not be compared never shares a column: comparisons that differ in anything but the
    facet of the rows have one each. The best is marked where the rows are backends, as these alone
    were measured side by side and compute the same function.

    Args:
        sources: the runs, told apart, with at least one row.
        pivot: what stands in the rows.
        metrics: the keys of the columns whose figures are shown.
        wanted: in which order the rows are.
        with_status: whether how the rows ended has columns of its own, as programs need, for whom
            a text among figures says nothing; so has what their scores are, if that differs.
    """
    pairs = wanted.in_order((where, one) for where in sources for one in where.results)
    found = places(pairs, pivot)
    # The title of the table says what a single metric is; a score has another name in each task.
    style = Style(sources[0].base, pivot == "backend", len(metrics) == 1 and metrics != ["score"])
    mixed = any(are_mixed(own.values()) for own in found.cells.values())
    drawn = []
    for head, words in together(found.heads):
        drawn += [drawn_column(key, words, found.cells[head], style) for key in metrics]
        if with_status:
            drawn += [
                each for key in metrics for each in said_columns(key, words, found.cells[head])
            ]
            drawn.append(status_column(words, found.cells[head]))
    return Table(
        title=f"{', '.join(columns.facts()[key].column.title for key in metrics)} by {pivot}",
        setting=found.setting,
        columns=[Column(pivot, ""), *(column for column, _ in drawn)],
        rows=[[name, *(own.get(row) for _, own in drawn)] for row, name in found.rows.items()],
        notes=list(notes(pairs, pivot, metrics, sources, mixed)),
        made=[one.made for one in sources],
    )


def places(pairs: Sequence[tuple[Source, RowResult]], pivot: Pivot) -> Places:
    """Return where every figure stands."""
    each = [facets(where, one) for where, one in pairs]
    told = {name: names(one[name] for one in each) for name in each[0]}
    others = [name for name in told if name != pivot]
    fixed = [name for name in others if len(told[name]) == 1]
    found = Places(told[pivot], {}, " · ".join(next(iter(told[name].values())) for name in fixed))
    for (_, result), own in zip(pairs, each, strict=True):
        head = tuple(own[name].identity for name in others)
        words = [told[name][own[name].identity] for name in others if name not in fixed]
        found.heads.setdefault(head, words)
        found.cells.setdefault(head, {})[own[pivot].identity] = result
    return found


def together(heads: Mapping[Head, list[str]]) -> list[tuple[Head, list[str]]]:
    """Return columns in order, those whose names begin alike beside the first of them."""
    places: dict[str, int] = {}
    for words in heads.values():
        places.setdefault("".join(words[:1]), len(places))
    return sorted(heads.items(), key=lambda pair: places["".join(pair[1][:1])])


def drawn_column(
    key: str, head: Sequence[str], own: Mapping[Any, RowResult], style: Style
) -> tuple[Column, dict[Any, Cell]]:
    """Return a column and its cells by the row they stand in.

    Args:
        key: of the metric.
        head: the names of the column, none where there is but one.
        own: the results in it.
        style: how it is drawn.
    """
    results = list(own.values())
    shown = columns.shown(results, style.base, [key])[1]
    cells = [[cell_of(shown, one)] for one in results]
    if style.with_best:
        cells = best.marked(results, [key], cells)
    column, found = with_units(key, shown.column, results, [cell for (cell,) in cells])
    words = list(head) if head and style.short else [*head, column.title]
    group = words.pop(0) if len(words) > 1 else ""
    path = "/".join([*head, key])
    made = replace(column, key=path, title=" · ".join(words), group=group)
    return made, dict(zip(own, found, strict=True))


def said_columns(
    key: str, head: Sequence[str], own: Mapping[Any, RowResult]
) -> Iterator[tuple[Column, dict[Any, Cell]]]:
    """Yield columns that say what the figures in a column are, if these are not all of one kind."""
    if key in MIXED and are_mixed(own.values()):
        for name in SAID[key]:
            column, cell = columns.facts()[name]
            made = replace(column, key="/".join([*head, name]), group=" · ".join(head))
            yield made, {row: cell(one) for row, one in own.items()}


def status_column(
    head: Sequence[str], own: Mapping[Any, RowResult]
) -> tuple[Column, dict[Any, Cell]]:
    """Return the column of how rows ended, and its cells by the row they stand in."""
    column = Column("/".join([*head, "status"]), "status", group=" · ".join(head))
    return column, {row: one.status for row, one in own.items()}


def cell_of(shown: columns.Shown, one: RowResult) -> Cell:
    """Return the figure of a row, or how the row ended that has none."""
    cell = shown.cell(one)
    known = not isinstance(cell, Quantity) or cell.value is not None
    return cell if known or one.status in MEASURED else one.status


def with_units(
    key: str, column: Column, results: Sequence[RowResult], cells: Sequence[Cell]
) -> tuple[Column, list[Cell]]:
    """Return a column and its cells, which bear their units where these are not the same."""
    if key not in MIXED or not are_mixed(results):
        return column, list(cells)
    found = [
        replace(cell, unit=directed(one.score_name, columns.better(one)))
        if isinstance(cell, Quantity) and key == "score"
        else cell
        for one, cell in zip(results, cells, strict=True)
    ]
    return Column(key, key, kind=column.kind), found


def are_mixed(results: Iterable[RowResult]) -> bool:
    """Return whether rows differ in what their scores are, or in what to hold these against."""
    return len({(one.score_name, one.naive_score, one.naive_loss) for one in results}) > 1


def naive(own: Sequence[RowResult], metrics: Sequence[str]) -> Iterator[str]:
    """Yield what to hold the figures of a comparison against, where no heading says it."""
    for key in metrics:
        if key in MIXED and any(getattr(one, key) is not None for one in own):
            name, value = MIXED[key](own[0])
            yield f"naive {name} {written(columns.naive(value))}"


def notes(
    pairs: Sequence[tuple[Source, RowResult]],
    pivot: Pivot,
    metrics: Sequence[str],
    sources: Sequence[Source],
    mixed: bool,
) -> Iterator[str]:
    """Yield what stands below: why figures are missing, and under which conditions they arose.

    Args:
        pairs: the rows, each with its run.
        pivot: what stands in the rows.
        metrics: the keys of the columns.
        sources: the runs.
        mixed: whether the scores in a column are not all of one kind.
    """
    yield from failures(pairs)
    yield from sizes([one for _, one in pairs])
    timed = [one for _, one in pairs if one.rounds is not None]
    if timed:
        yield from conditions(timed)
    blocks: dict[tuple[str, str], list[RowResult]] = {}
    for where, one in pairs:
        blocks.setdefault((where.label, one.comparison), []).append(one)
    if "ratio" in metrics:
        hidden = (run_tables.hidden_base(own, sources[0].base) for own in blocks.values())
        yield from dict.fromkeys(line for lines in hidden for line in lines)
    named = [(place(label, own[0]), own) for (label, _), own in blocks.items()]
    if not {"train_step_ms", "ratio"}.isdisjoint(metrics):
        yield from shared((name, run_tables.unranked(own)) for name, own in named)
    if mixed:
        yield from shared((name, naive(own, metrics)) for name, own in named)
    if not LEARNT.isdisjoint(metrics):
        trained = ((name, learning.trained(own)) for name, own in named)
        yield from shared((name, [f"trained: {how}"]) for name, how in trained if how)
        yield from shared((name, learning.remarks(own)) for name, own in named)
    if pivot in ("cell", "task"):
        yield f"different {pivot}s are different functions: they are no race"
    if len(sources) > 1:
        places = {one.made.place for one in sources}
        yield f"{'machines' if len(places) > 1 else 'runs'} were not measured side by side"
    yield from (*obstacles(sources), *apart(sources, of_one_kind(sources)))


def sizes(results: Sequence[RowResult]) -> Iterator[str]:
    """Yield the sizes of all, or those of each task."""
    found: dict[str, dict[str, None]] = {}
    for one in results:
        found.setdefault(one.task, {})[one.sizes] = None
    if len({one.sizes for one in results}) == 1:
        yield results[0].sizes
    else:
        yield from (f"{task}: {'; '.join(own)}" for task, own in found.items())


def conditions(timed: Sequence[RowResult]) -> Iterator[str]:
    """Yield how precise the timing of many comparisons is, and how busy the machines were."""
    fewest = min(one.processes or 0 for one in timed)
    yield "timing: 95 % intervals, " + (
        f"of {fewest} processes per row" if fewest >= FEWEST_PROCESSES else "within these processes"
    )
    yield run_tables.disturbed(timed)
    loads: dict[int, float] = {}
    for one in timed:
        if one.load is not None:
            loads[one.threads] = max(one.load, loads.get(one.threads, 0.0))
    for count, load in sorted(loads.items()):
        yield f"load up to {load:.1f} while timed, our {threads(count)} included"
