"""What else differs between two sides, and what forbids to compare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rnnbench.analysis.two_runs.rows import ComparedRow
from rnnbench.analysis.two_runs.sides import Side, Sides
from rnnbench.results.identity import leaves
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.records.beginning import Run

#: What of a plan changes figures; the rest is what was compared, or where it was written.
SETTINGS = ("processes", "precision", "seeds", "memory_limit", "allocator")
#: The most fields that are named of what forbids a comparison.
MOST_FIELDS = 4
#: The most comparisons among which the most similar one is looked for.
MOST_ALIKE = 20


@dataclass(frozen=True)
class Difference:
    """Something that is not the same on both sides, and may be the reason for what is found.

    Attributes:
        name: of a field of the records, dotted: ``machine.cpus``, ``versions.torch``.
        old, new: its values, None where a side has none.
        where: the rows or the comparisons that it holds for, empty for the whole run.
    """

    name: str
    old: Any
    new: Any
    where: Sequence[str] = ()


def differences(sides: Sides, rows: Sequence[ComparedRow]) -> list[Difference]:
    """Return what differs: machine, versions, settings, code, data and how workers were set up.

    Args:
        sides: both of them.
        rows: those of both.
    """
    found = [Difference(*one) for one in _changes(_of_run(sides.old.run), _of_run(sides.new.run))]
    both = [(row, row.old, row.new) for row in rows if row.old and row.new]
    plans = [
        (f"{row.planned.comparison.task} · {row.planned.comparison.model}", one)
        for row, before, after in both
        if before.planned != after.planned
        for one in _changes(leaves(before.planned), leaves(after.planned))
    ]
    facts = [
        (str(row.row), one)
        for row, before, after in both
        if before.facts != after.facts
        for one in _changes(before.facts, after.facts)
    ]
    kernels = [
        (str(row.row), ("kernel", before.kernel, after.kernel))
        for row, before, after in both
        if before.kernel and after.kernel and before.kernel != after.kernel
    ]
    return [*found, *_grouped(plans), *_grouped([*facts, *kernels])]


def _of_run(run: Run) -> dict[str, Any]:
    """Return what holds for a whole run, by dotted names."""
    plan = {name: getattr(run.plan, name) for name in SETTINGS}
    whole = {"source": run.source, "distributions": run.distributions, "machine": run.machine}
    return {"rnnbench": run.rnnbench} | leaves(whole) | plan


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield what differs: the name and both values."""
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _grouped(changes: Sequence[tuple[str, tuple[str, Any, Any]]]) -> list[Difference]:
    """Return differences, those that several rows share once, with all of these."""
    where: dict[str, tuple[tuple[str, Any, Any], list[str]]] = {}
    for place, change in changes:
        places = where.setdefault(repr(change), (change, []))[1]
        if place not in places:
            places.append(place)
    return [Difference(*change, places) for change, places in where.values()]


def obstacles(sides: Sides, rows: Sequence[ComparedRow]) -> list[str]:
    """Return what forbids to compare, in words: ``echo · lstm: steps 500 against 5``.

    Args:
        sides: both of them.
        rows: those of both.
    """
    found: dict[str, list[str]] = {}
    for name, reason in _obstacles(sides, rows):
        names = found.setdefault(reason, [])
        if name not in names:
            names.append(name)
    return [f"{', '.join(names)}: {reason}" for reason, names in found.items()]


def _obstacles(sides: Sides, rows: Sequence[ComparedRow]) -> Iterator[tuple[str, str]]:
    """Yield what forbids to compare each comparison: its name and the reason."""
    for row in rows:
        if row.apart:
            yield _name(row.planned.comparison), row.apart
    before, after = _comparisons(sides.old), _comparisons(sides.new)
    rows_before, rows_after = _rows(sides.old), _rows(sides.new)
    gone = [(_name(one), leaves(one)) for key, one in before.items() if key not in after]
    for key, comparison in after.items():
        if key in before:
            reason = _other_rows(rows_before[key], rows_after[key])
        else:
            reason = _other_fields(comparison, gone)
        if reason:
            yield _name(comparison), reason


def _comparisons(side: Side) -> dict[str, Comparison]:
    """Return the comparisons of a side by key."""
    return {key.comparison: row.planned.comparison for key, row in side.rows.items()}


def _rows(side: Side) -> dict[str, set[str]]:
    """Return the names of the rows of each comparison, by its key."""
    found: dict[str, set[str]] = {}
    for key in side.rows:
        found.setdefault(key.comparison, set()).add(str(key.row))
    return found


def _name(comparison: Comparison) -> str:
    return f"{comparison.task} · {comparison.model}"


def _other_fields(comparison: Comparison, others: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Return in which fields a comparison differs from the most similar of others, if any.

    Args:
        comparison: of one side.
        others: names and fields of the other side's; of thousands only some that are called the
            same are looked at.
    """
    own, name = leaves(comparison), _name(comparison)
    alike = islice((fields for called, fields in others if called == name), MOST_ALIKE)
    some = list(alike) or [fields for _, fields in others[:MOST_ALIKE]]
    each = [list(_changes(fields, own)) for fields in some]
    nearest = min(each, key=len, default=[])
    told = [f"{name} {_value(new)} against {_value(old)}" for name, old, new in nearest]
    more = f" and {len(told) - MOST_FIELDS} more" if len(told) > MOST_FIELDS else ""
    return ", ".join(told[:MOST_FIELDS]) + more


def _value(value: Any) -> str:
    return "none" if value is None else str(value)


def _other_rows(before: set[str], after: set[str]) -> str:
    """Return the rows of a comparison, if none of them is on both sides."""
    if before & after:
        return ""
    return f"rows {', '.join(sorted(after))} against {', '.join(sorted(before))}"
