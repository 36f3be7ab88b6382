"""The rows of a run as `show --json` has them, and runs of few rows."""

import json

from msgspec.structs import replace
from specimens import (
    COMPARISON,
    RUN,
    TIMING,
)

from rnnbench.analysis.row_objects import objects
from rnnbench.analysis.run_results import row_results


def rows(records, **options):
    """Return the objects of ``show --json`` by variant."""
    table = objects(row_results(records, **options))
    return {row["variant"]: row for row in json.loads(json.dumps(table))}


def alone(row, **changes):
    """Return a run with one timed row."""
    return [RUN, replace(TIMING, rows=[replace(row, **changes)])]


def planned_elsewhere(hidden):
    comparison = replace(COMPARISON, hidden=100 + hidden)
    return replace(TIMING, comparison=comparison, key=comparison.key)
