"""The two sides that ``rnnbench compare`` is asked for, read from their files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rnnbench.analysis.two_runs.defaults_written_out import under_one_key
from rnnbench.analysis.two_runs.metrics import Metric
from rnnbench.analysis.two_runs.sides import Side, Sides, environments, side
from rnnbench.cli.arguments.runs import file_of
from rnnbench.cli.output.printing import records_of
from rnnbench.errors import UsageError
from rnnbench.report.made import heading
from rnnbench.results.queries import plan_of
from rnnbench.results.runs import baselines
from rnnbench.schema.plan import Plan

#: Chooses the metrics for a plan.
Choice = Callable[[Plan], tuple[Metric, ...]]


def two_runs(
    old: str | None, new: str | None, out: Path, choice: Choice
) -> tuple[Sides, tuple[Metric, ...]]:
    """Return a baseline or a run, and a run; and what is compared of them.

    Raises:
        UsageError: if they can't be read, or are one, or have nothing in common.
    """
    if old is None:
        raise UsageError("name a baseline or a run: rnnbench compare OLD [NEW]")
    files = (baselines.find(old, out) or file_of(old, out), file_of(new, out))

    def read(file: Path) -> tuple[str, Side, tuple[Metric, ...]]:
        """Return the heading of a run and its rows; all else is forgotten before the next."""
        records = records_of(file)
        metrics = choice(plan_of(records))
        return heading(records), side(records, metrics), metrics

    (before, old_side, metrics), (after, new_side, _) = map(read, files)
    kinds = [one.run.plan.stream for one in (old_side, new_side)]
    if kinds[0] != kinds[1]:
        raise UsageError(
            f"{files[kinds.index(True)]}: its steps were given one at a time, those of the other "
            "run in training: these are no two sides of one thing"
        )
    if old_side.run.run and old_side.run.run == new_side.run.run:
        raise UsageError(f"{files[0]} and {files[1]} are the same run: nothing can have changed")
    return Sides(*under_one_key(old_side, new_side), ("old", "new"), (before, after)), metrics


def two_environments(
    between: str, run: str | None, other: str | None, out: Path, choice: Choice
) -> tuple[Sides, tuple[Metric, ...]]:
    """Return two environments of one run, and what is compared of them.

    Raises:
        UsageError: if it has no such environments.
    """
    base, comma, head = between.partition(",")
    if other is not None:
        raise UsageError(f"--between is of one run, not of {run!r} and {other!r}")
    if not (base and comma and head):
        raise UsageError(f"--between {between!r} is not BASE,HEAD, as in old,new for torch@old ...")
    records = records_of(file_of(run, out))
    what, metrics = heading(records), choice(plan_of(records))
    return environments(records, metrics, base, head)._replace(headings=(what, what)), metrics
