"""Two runs against each other as plain objects, for JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from rnnbench.analysis.two_runs.comparability import Difference
from rnnbench.analysis.two_runs.gate import Finding
from rnnbench.analysis.two_runs.rows import ComparedRow, Judged
from rnnbench.measure.estimates import named
from rnnbench.report.two_runs.tables import unit_of


def row_objects(rows: Sequence[ComparedRow], found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return an object per row and metric; a row without a figure has one, whose metric is null."""
    own: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in found:
        own[id(finding.row)].append(finding)
    return [row_object(row, one, own[id(row)]) for row in rows for one in row.judged or (None,)]


def row_object(row: ComparedRow, one: Judged | None, found: Sequence[Finding]) -> dict[str, Any]:
    """Return a metric of a row, or a row without any; ``found`` is what was found in it."""
    comparison = row.planned.comparison
    score = one is not None and one.metric == "score"
    change = one.change if one else None
    return {
        "comparison": comparison.key,
        "task": comparison.task,
        "network": comparison.network,
        "cell": comparison.cell,
        "sizes": row.planned.sizes,
        "backend": row.row.backend,
        "variant": row.row.variant,
        "environment": row.row.environment or None,
        "metric": one.metric if one else None,
        "unit": unit_of(one.metric, row) if one else None,
        **named("old", one.old if one else None),
        **named("new", one.new if one else None),
        **named("ratio", None if score else change),
        **named("difference", change if score else None),
        "too_few_rounds": one is not None and one.lacks_rounds,
        "verdict": one.verdict if one else None,
        "change": row.change,
        "old_status": row.old.status if row.old else None,
        "new_status": row.new.status if row.new else None,
        "reason": row.new.reason if row.new else None,
        "not_comparable": row.apart or None,
        "found": [f.kind for f in found if f.judged in (None, one)],
    }


def difference_object(one: Difference) -> dict[str, Any]:
    """Return what differs."""
    return {"name": one.name, "old": one.old, "new": one.new, "where": list(one.where)}
