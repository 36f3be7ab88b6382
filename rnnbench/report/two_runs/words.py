"""What two runs differ in, and what was found, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rnnbench.analysis.two_runs.comparability import Difference
from rnnbench.analysis.two_runs.gate import Finding
from rnnbench.analysis.two_runs.rows import ComparedRow
from rnnbench.report.numbers import cell_text, where
from rnnbench.report.two_runs.tables import difference

#: The fields of records that differ, in words; of the others the name is one.
FIELDS = {
    "source": "source of rnnbench",
    "machine.system": "system",
    "machine.cpu": "processor",
    "machine.cpus": "CPUs",
    "machine.memory_gib": "memory in GiB",
    "machine.python": "Python of rnnbench",
    "processes": "--processes",
    "precision": "--precision",
    "memory_limit": "--memory-limit",
    "allocator": "--allocator",
    "python": "Python",
    "threads": "threads",
    "matmul": "precision of float32 products",
    "denormals_flushed": "flushing of denormals",
    "net_source": "file of the net",
    "plugin": "plugin of the backend",
    "cell_plugin": "plugin of the cell",
    "task_plugin": "plugin of the task",
    "network_plugin": "plugin of the network",
    "data_hash": "data",
    "split": "split of the data",
    "max_time": "--max-time",
}
#: Beginnings of names that say nothing more.
BEGINNINGS = ("distributions.", "versions.", "settings.", "kernels.")


def told(one: Difference) -> str:
    """Return ``torch 2.12 → 2.13 (torch:fused)``."""
    places = f" ({', '.join(one.where)})" if one.where else ""
    return f"{field(one.name)} {value(one.old)} → {value(one.new)}{places}"


def field(name: str) -> str:
    """Return the name of a field in words."""
    if name in FIELDS:
        return FIELDS[name]
    for beginning in BEGINNINGS:
        if name.startswith(beginning):
            return name.removeprefix(beginning)
    return name.replace("_", " ").replace(".", " ")


def value(of: Any) -> str:
    """Return the value of a field in words."""
    if of is None:
        return "none"
    if isinstance(of, bool):
        return "on" if of else "off"
    return str(of)


def subject(row: ComparedRow) -> str:
    """Return which row of which comparison: ``echo · lstm, T 3, cpu …: torch:fused``."""
    comparison = row.planned.comparison
    place = where(comparison.place, comparison.threads, comparison.dtype)
    return f"{comparison.task} · {comparison.model} · {row.planned.sizes} · {place}: {row.row}"


def finding(one: Finding, names: tuple[str, str]) -> str:
    """Return what was found in one sentence, without the row that it is of."""
    old, new = names
    if one.judged is None:
        if one.kind == "missing":
            return f"missing: {new} does not have it, {old} does"
        side = one.row.new
        return f"now {side.status}: {side.reason}" if side else "failed"
    if one.judged.lacks_rounds:
        return f"{one.judged.metric} undecided: too few undisturbed rounds"
    change = cell_text(difference(one.judged)) if one.judged.change else "not known"
    how = f"{new} - {old}" if one.judged.metric == "score" else f"{new} / {old}"
    return f"{one.judged.metric} {one.kind}: {how} is {change}"


def counted(rows: Sequence[ComparedRow]) -> str:
    """Return how many verdicts and changes of each kind there are: ``1 slower, 2 same``."""
    found = [row.change for row in rows if row.change]
    judged = [one.verdict or "not judged" for row in rows for one in row.judged if one.change]
    few = ["too few rounds" for row in rows for one in row.judged if one.lacks_rounds]
    apart = ["not comparable" for row in rows if row.apart]
    counts = Counter[str]([*found, *judged, *few, *apart])
    return ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing"
