"""Which rows are published, in which order, and which columns: what the options ask for."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, get_args, get_type_hints

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.streaming import StreamResult
from rnnbench.errors import UsageError, closest, unknown
from rnnbench.report.one_run import streaming
from rnnbench.report.one_run.columns import Shown, by_ratio, drawn, facts
from rnnbench.report.publish.sources import Source
from rnnbench.report.tables import Quantity
from rnnbench.text import either, shown

#: The most values that an error names.
MOST_NAMED = 20
#: Where all columns are listed.
LISTED = "All are in docs/results.md, and in what rnnbench show --json prints."
#: A row that was timed in training, or one that was given one step at a time.
AnyResult = RowResult | StreamResult
Result = TypeVar("Result", bound=AnyResult)
#: What can be said of a row beside its columns, by the key of a filter.
OF_THE_RUN: dict[str, Callable[[Source, AnyResult], Any]] = {
    "row": lambda where, one: str(one.row),
    "machine": lambda where, one: where.made.place,
    "run": lambda where, one: where.made.called,
}
#: Those of them that are the same for all rows of a run.
OF_RUNS = ("machine", "run")
#: By the words of ``--metric`` the column that it shows.
METRICS = {
    "train-step": "train_step_ms",
    "ratio": "ratio",
    "forward": "forward_ms",
    "compile": "compile_s",
    "memory": "memory_added_mib",
    "of-peak": "of_peak",
    "loss": "loss",
    "score": "score",
    "steps-to-target": "target_steps",
    "to-target": "target_s",
    "to-target-compiled": "target_compiled_s",
    "latency": "latency_us",
    "latency-p99": "p99_us",
}


@dataclass(frozen=True)
class Selection:
    """What is asked for.

    Attributes:
        filters: by key the values of which a row must have one.
        columns: the keys of the columns, None for the usual ones.
        sort: the key of a column, or of :data:`OF_THE_RUN`, by which rows are ordered, None for the
            fastest first;
            ``descending`` turns it round.
    """

    filters: dict[str, list[str]] = field(default_factory=dict)
    columns: Sequence[str] | None = None
    sort: str | None = None
    descending: bool = False

    def in_block(self, where: Source, results: Iterable[Result]) -> list[Result]:
        """Return the rows of one comparison of a run in this order, or the fastest first."""
        if self.sort is None or self.sort in OF_RUNS:
            return sorted(results, key=by_ratio)
        return self.ordered(where, results)

    def ordered(self, where: Source, results: Iterable[Result]) -> list[Result]:
        """Return rows of a run in this order; those that have nothing in its column are last."""
        return [one for _, one in self.in_order((where, one) for one in results)]

    def in_order(self, pairs: Iterable[tuple[Source, Result]]) -> list[tuple[Source, Result]]:
        """Return rows in this order, each with its run; as they are if there is none.

        They are all of one kind.
        """
        rows = list(pairs)
        if self.sort is None or not rows:
            return rows
        value = value_of(self.sort, rows[0][1])
        known = [pair for pair in rows if value(*pair) is not None]
        known.sort(key=lambda pair: value(*pair), reverse=self.descending)
        return known + [pair for pair in rows if value(*pair) is None]

    def blocks_in_order(
        self, blocks: Sequence[tuple[Source, list[Result]]]
    ) -> list[tuple[Source, list[Result]]]:
        """Return the rows of several runs, each together, in this order if it is one of runs."""
        if self.sort not in OF_RUNS:
            return list(blocks)
        value = OF_THE_RUN[self.sort]
        return sorted(blocks, key=lambda one: value(one[0], one[1][0]), reverse=self.descending)


def selection(
    filters: Iterable[str] = (), columns: str | None = None, sort: str | None = None
) -> Selection:
    """Return what the values of ``--filter``, ``--columns`` and ``--sort`` ask for.

    Raises:
        UsageError: naming the value that makes no sense, and what was meant.
    """
    keys, known = None, [*any_facts(), *OF_THE_RUN]
    if columns is not None:
        keys = [known_key("--columns", key, known) for key in words(columns)]
        if not keys:
            raise UsageError("--columns is empty: name some, as train_step_ms,ratio")
        keys = list(dict.fromkeys(keys))
    by = None if sort is None else known_key("--sort", sort.removeprefix("-"), known)
    return Selection(parsed(filters), keys, by, bool(sort and sort.startswith("-")))


def parsed(filters: Iterable[str]) -> dict[str, list[str]]:
    """Return the values of ``--filter``, ``KEY=VALUE,VALUE``, by key; one key twice adds values."""
    found: dict[str, list[str]] = {}
    figures = {key for key, one in any_facts().items() if one.column.kind in ("figure", "estimate")}
    for text in filters:
        key, equals, values = text.partition("=")
        if not equals or not values.strip():
            raise UsageError(f"--filter {shown(text)} is not KEY=VALUE, as in cell=lstm,gru")
        key = known_key("--filter", key.strip(), [*any_facts(), *OF_THE_RUN])
        if key in figures:
            raise UsageError(f"--filter {key}: it is a figure; filter by a name, a word or a count")
        found.setdefault(key, []).append(values.strip())
    return found


def any_facts() -> dict[str, Shown]:
    """Return the columns of rows of both kinds, by key."""
    return streaming.facts() | facts()


def facts_of(source: Source) -> Mapping[str, Shown]:
    """Return the columns that the rows of a run have, by key."""
    return streaming.facts() if source.streams and not source.results else facts()


def known_of(one: AnyResult) -> Mapping[str, Shown]:
    """Return the columns that a row has, by key."""
    return streaming.facts() if isinstance(one, StreamResult) else facts()


def known_key(option: str, key: str, known: Collection[str]) -> str:
    """Return the key of a column as it is written.

    Raises:
        UsageError: if there is none, with the closest.
    """
    written = key.replace("-", "_")
    if written in known:
        return written
    raise unknown(f"column of {option}", key, known, LISTED)


def words(text: str) -> list[str]:
    """Return the words of a list."""
    return [word.strip() for word in text.split(",") if word.strip()]


def metrics(text: str) -> list[str]:
    """Return the columns that ``--metric`` names.

    Raises:
        UsageError: for one that there is not.
    """
    names = words(text)
    for name in names or [""]:
        if name not in METRICS:
            raise unknown("value of --metric", name, METRICS)
    return list(dict.fromkeys(METRICS[name] for name in names))


def chosen(sources: Sequence[Source], wanted: Selection) -> list[Source]:
    """Return runs with the rows that fit all filters.

    Raises:
        UsageError: for a value that no row has, with the closest; for a column that a run has not.
    """
    sources = with_columns(sources, wanted)
    for key, texts in wanted.filters.items():
        found = [[text_of(key, where, one) for one in where.rows] for where in sources]
        values = allowed(key, texts, {text for each in found for text in each})
        sources = [
            with_rows(where, kept(where.rows, each, values))
            for where, each in zip(sources, found, strict=True)
        ]
    return list(sources)


def with_columns(sources: Sequence[Source], wanted: Selection) -> list[Source]:
    """Return the runs whose rows have the columns that are asked for, and that they are sorted by.

    Raises:
        UsageError: if none does, saying of which kind the rows are.
    """
    asked = (*(wanted.columns or ()), *([wanted.sort] if wanted.sort else ()))
    found = [one for one in sources if {*asked} <= {*facts_of(one), *OF_THE_RUN}]
    if found or not sources:
        return found
    where = sources[0]
    key = next(key for key in asked if key not in facts_of(where) and key not in OF_THE_RUN)
    if where.streams:
        known = ", ".join(streaming.facts())
        kind = f"given one step at a time, and have {known}"
    else:
        kind = "timed in training; rnnbench stream measures steps one at a time"
    read = drawn(where.results[0], "the fastest") if where.results else {}
    meant = [name for name, one in read.items() if one.column.title == key]
    hint = f"; what its tables call {key} is {either(meant)}" if meant else ""
    raise UsageError(f"{where.made.called} has no column {key}: its rows were {kind}{hint}")


def with_rows(where: Source, rows: Sequence[Any]) -> Source:
    """Return a run with some of its rows."""
    return replace(where, results=rows) if where.results else replace(where, streams=rows)


def some(sources: Sequence[Source], wanted: Selection) -> list[Source]:
    """Return runs with the rows that fit all filters, at least one.

    Raises:
        UsageError: if there is none, beside what :func:`chosen` raises.
    """
    found = [one for one in chosen(sources, wanted) if one.rows]
    if not found:
        asked = " ".join(f"--filter {key}={','.join(v)}" for key, v in wanted.filters.items())
        if asked:
            raise UsageError(f"no row is left by {asked}")
        which = ", ".join(one.made.called for one in sources)
        raise UsageError(f"no comparison was finished in {which}: name another run")
    return found


def kept(
    results: Sequence[AnyResult], texts: Sequence[str], values: Collection[str]
) -> list[AnyResult]:
    """Return the rows whose text is one of some values."""
    return [one for one, text in zip(results, texts, strict=True) if text in values]


def allowed(key: str, texts: Iterable[str], present: Collection[str]) -> set[str]:
    """Return the values of a filter: each text whole if a row has it, otherwise its words.

    Raises:
        UsageError: for a value that no row has, unless one could.
    """
    values: set[str] = set()
    for text in texts:
        values |= {text} if text in present else set(words(text))
    hints = get_type_hints(RowResult)
    possible = {one for kind in get_args(hints.get(key)) for one in (kind, *get_args(kind))}
    for value in sorted(values - set(present) - possible):
        close = closest(value, present)
        hint = f" Did you mean {close!r}?" if close else ""
        some = sorted(present)
        if len(some) > MOST_NAMED:
            some = [*difflib.get_close_matches(value, some, MOST_NAMED, 0), "…"]
        known = f" There are: {', '.join(some)}." if some else " There are no rows."
        raise UsageError(f"--filter {key}={shown(value)}: no row has that.{hint}{known}")
    return values


def text_of(key: str, where: Source, one: AnyResult) -> str:
    """Return what a row has in a column, as one types it."""
    if key in OF_THE_RUN:
        return str(OF_THE_RUN[key](where, one))
    column = known_of(one).get(key)
    value = plain_value(column)(one) if column else None
    return "none" if value is None else str(value).lower() if value in (True, False) else str(value)


def value_of(key: str, one: AnyResult) -> Callable[[Source, Any], Any]:
    """Return what takes the value of a column, or of the run, from a row of this kind."""
    if key in OF_THE_RUN:
        return OF_THE_RUN[key]
    value = plain_value(known_of(one)[key])
    return lambda _, row: value(row)


def plain_value(column: Shown) -> Callable[[AnyResult], Any]:
    """Return what takes the value of a column from a row: a text, a number, None."""

    def value(one: AnyResult) -> Any:
        found = column.cell(one)
        return found.value if isinstance(found, Quantity) else found

    return value
