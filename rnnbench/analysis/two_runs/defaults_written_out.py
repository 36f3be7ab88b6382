"""Comparisons of two runs under one key, whether defaults were written out or left out.

Plans leave out what makes no difference, and say what the defaults are. Those of older files may
have it: they are read as if they had been made today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace as with_fields

from msgspec.structs import replace

from rnnbench.analysis.two_runs.sides import Key, RowOnASide, Side
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.plan import Planned
from rnnbench.schema.types import Options, Value


def under_one_key(old: Side, new: Side) -> tuple[Side, Side]:
    """Return two runs, their comparisons without what either knows to make no difference."""
    defaults = old.run.plan.defaults | new.run.plan.defaults
    return _without(old, defaults), _without(new, defaults)


def _without(side: Side, defaults: Mapping[str, Options]) -> Side:
    """Return a run whose comparisons are without defaults; of two that become one, neither is."""
    planned = {key.comparison: row.planned for key, row in side.rows.items()}
    plain = {key: _plain(one, defaults) for key, one in planned.items()}
    counts = Counter(one.key for one in plain.values())
    renamed = {
        key: replace(planned[key], comparison=one)
        for key, one in plain.items()
        if one.key != key and counts[one.key] == 1
    }
    if not renamed:
        return side
    rows = dict(_renamed(key, row, renamed) for key, row in side.rows.items())
    return with_fields(side, rows=rows)


def _renamed(key: Key, row: RowOnASide, renamed: Mapping[str, Planned]) -> tuple[Key, RowOnASide]:
    """Return a row with its key, of the comparison that stands for its own, if one does."""
    found = renamed.get(key.comparison)
    if found is None:
        return key, row
    return Key(found.comparison.key, key.row), replace(row, planned=found)


def _plain(planned: Planned, defaults: Mapping[str, Options]) -> Comparison:
    """Return a comparison without defaults, or an embedding of what are no tokens.

    It is the same object where nothing changes, as it does for nearly all.
    """
    one = planned.comparison
    fields = {
        "task_options": _chosen(one.task_options, defaults.get(one.task, {})),
        "cell_options": _chosen(one.cell_options, defaults.get(one.cell, {})),
        "network_options": _chosen(one.network_options, defaults.get(one.network, {})),
        "embedding": one.embedding if planned.tokens else 0,
    }
    changed = {name: value for name, value in fields.items() if value is not getattr(one, name)}
    return replace(one, **changed) if changed else one


def _chosen(options: Options, defaults: Options) -> Options:
    """Return options without those at their defaults, numbers as their defaults are."""
    if not options.keys() & defaults.keys():
        return options
    typed = {name: _like(value, defaults.get(name)) for name, value in options.items()}
    return {
        name: value
        for name, value in typed.items()
        if not (type(value) is type(defaults.get(name)) and value == defaults[name])
    }


def _like(value: Value, default: Value | None) -> Value:
    """Return a whole number as the fraction that its default is."""
    return float(value) if type(value) is int and type(default) is float else value
