"""Which rows are published, in which order, and which columns: what the options ask for."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args, get_type_hints

from rnnbench.analysis.row_result import RowResult
from rnnbench.errors import UsageError, closest, unknown
from rnnbench.report.one_run.columns import by_ratio, facts
from rnnbench.report.publish.sources import Source
from rnnbench.report.tables import Quantity
from rnnbench.text import shown

#: The most values that an error names.
MOST_NAMED = 20
#: What can be said of a row beside its columns, by the key of a filter.
OF_THE_RUN: dict[str, Callable[[Source, RowResult], Any]] = {
    "row": lambda where, one: str(one.row),
    "machine": lambda where, one: where.made.place,
    "run": lambda where, one: where.made.called,
}
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
}


@dataclass(frozen=True)
class Selection:
    """What is asked for.

    Attributes:
        filters: by key the values of which a row must have one.
        columns: the keys of the columns, None for the usual ones.
        sort: the key of a column by which rows are ordered, None for the fastest first;
            ``descending`` turns it round.
    """

    filters: dict[str, list[str]] = field(default_factory=dict)
    columns: Sequence[str] | None = None
    sort: str | None = None
    descending: bool = False

    def in_block(self, results: Iterable[RowResult]) -> list[RowResult]:
        """Return the rows of one comparison in this order, or the fastest first."""
        return self.ordered(results) if self.sort else sorted(results, key=by_ratio)

    def ordered(self, results: Iterable[RowResult]) -> list[RowResult]:
        """Return rows in the order of a column; those that have nothing in it are last."""
        return [one for _, one in self.in_order((None, one) for one in results)]

    def in_order(self, pairs: Iterable[tuple[Any, RowResult]]) -> list[tuple[Any, RowResult]]:
        """Return rows in this order, each with what belongs to it; as they are if there is none."""
        rows = list(pairs)
        if self.sort is None:
            return rows
        value = plain_value(self.sort)
        known = [pair for pair in rows if value(pair[1]) is not None]
        known.sort(key=lambda pair: value(pair[1]), reverse=self.descending)
        return known + [pair for pair in rows if value(pair[1]) is None]


def selection(
    filters: Iterable[str] = (), columns: str | None = None, sort: str | None = None
) -> Selection:
    """Return what the values of ``--filter``, ``--columns`` and ``--sort`` ask for.

    Raises:
        UsageError: naming the value that makes no sense, and what was meant.
    """
    keys = None
    if columns is not None:
        keys = [known_key("--columns", key, (*facts(), *OF_THE_RUN)) for key in words(columns)]
        if not keys:
            raise UsageError("--columns is empty: name some, as train_step_ms,ratio")
        keys = list(dict.fromkeys(keys))
    by = None if sort is None else known_key("--sort", sort.removeprefix("-"), facts())
    return Selection(parsed(filters), keys, by, bool(sort and sort.startswith("-")))


def parsed(filters: Iterable[str]) -> dict[str, list[str]]:
    """Return the values of ``--filter``, ``KEY=VALUE,VALUE``, by key; one key twice adds values."""
    found: dict[str, list[str]] = {}
    figures = {key for key, one in facts().items() if one.column.kind in ("figure", "estimate")}
    for text in filters:
        key, equals, values = text.partition("=")
        if not equals or not values.strip():
            raise UsageError(f"--filter {shown(text)} is not KEY=VALUE, as in cell=lstm,gru")
        key = known_key("--filter", key.strip(), [*facts(), *OF_THE_RUN])
        if key in figures:
            raise UsageError(f"--filter {key}: it is a figure; filter by a name, a word or a count")
        found.setdefault(key, []).append(values.strip())
    return found


def known_key(option: str, key: str, known: Collection[str]) -> str:
    """Return the key of a column as it is written.

    Raises:
        UsageError: if there is none, with the closest.
    """
    written = key.replace("-", "_")
    if written in known:
        return written
    raise unknown(f"column of {option}", key, known)


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
        UsageError: for a value that no row has, with the closest.
    """
    for key, texts in wanted.filters.items():
        found = [[text_of(key, where, one) for one in where.results] for where in sources]
        values = allowed(key, texts, {text for each in found for text in each})
        sources = [
            replace(where, results=kept(where.results, each, values))
            for where, each in zip(sources, found, strict=True)
        ]
    return list(sources)


def some(sources: Sequence[Source], wanted: Selection) -> list[Source]:
    """Return runs with the rows that fit all filters, at least one.

    Raises:
        UsageError: if there is none, beside what :func:`chosen` raises.
    """
    kept = chosen(sources, wanted)
    if wanted.filters:  # which are of training steps
        kept = [replace(one, streams=[]) for one in kept]
    found = [one for one in kept if one.results or one.streams]
    if not found:
        asked = " ".join(f"--filter {key}={','.join(v)}" for key, v in wanted.filters.items())
        raise UsageError(f"no row is left by {asked}" if asked else "no comparison was finished")
    return found


def kept(
    results: Sequence[RowResult], texts: Sequence[str], values: Collection[str]
) -> list[RowResult]:
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
        raise UsageError(
            f"--filter {key}={shown(value)}: no row has that.{hint} There are: {', '.join(some)}."
        )
    return values


def text_of(key: str, where: Source, one: RowResult) -> str:
    """Return what a row has in a column, as one types it."""
    if key in OF_THE_RUN:
        return str(OF_THE_RUN[key](where, one))
    value = plain_value(key)(one)
    return "none" if value is None else str(value).lower() if value in (True, False) else str(value)


def plain_value(key: str) -> Callable[[RowResult], Any]:
    """Return what takes the value of a column from a row: a text, a number, None."""
    cell = facts()[key].cell

    def value(one: RowResult) -> Any:
        found = cell(one)
        return found.value if isinstance(found, Quantity) else found

    return value
