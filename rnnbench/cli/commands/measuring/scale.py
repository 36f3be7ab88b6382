"""``rnnbench scale``."""

from __future__ import annotations

from pathlib import Path

import typer

from rnnbench.cli.options.measurement import Measurement
from rnnbench.cli.options.selection import (
    Assignments,
    Backends,
    Cell,
    First,
    Last,
    Over,
    SizesInRange,
    Task,
)
from rnnbench.cli.options.shared import Debug, Json, Name, NoWait, Out, Plugins
from rnnbench.cli.options.signature import takes_measurement
from rnnbench.schema.comparison import TRAINING

#: Settings that it has no options for; it trains nothing.
WITHOUT = frozenset({"embedding", "steps", "optimizer", "lr", "clip", "target", *TRAINING})


@takes_measurement(without=WITHOUT)
def scale(
    over: Over,
    first: First,
    last: Last,
    points: SizesInRange = 6,
    backends: Backends = "all",
    task: Task = "adding-problem",
    cell: Cell = "lstm",
    assignments: Assignments = None,
    plugins: Plugins = None,
    *,
    measurement: Measurement,
    name: Name = None,
    out: Out = Path("results"),
    no_wait: NoWait = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure a range of sizes, and fit how time and memory grow.

    Each size is a comparison, timed for 5 seconds by default; nothing is trained.

    A length is that of the task's option, the [b]delay[/b] of copy-memory; time steps are fitted.

    [b]rnnbench scale --over length --from 25 --to 400 --backends torch:all,jax[/b]

    [b]rnnbench scale --over hidden --from 32 --to 1024 --points 8 --batch 64[/b]
    """
    from rnnbench.api.reading import source_of
    from rnnbench.cli.output.printing import print_scaling
    from rnnbench.errors import UsageError
    from rnnbench.plan.scale import expand, sizes
    from rnnbench.report.progress.display import Terminal
    from rnnbench.run import launch

    if last < first:
        raise UsageError(f"--from {first} --to {last}: the largest size is below the smallest")
    request, registry = measurement.request(backends, assignments, plugins)
    what = "length" if over == "steps" else over
    plan = expand(request, task, cell, what, sizes(first, last, points), registry)
    ended = launch.begin(plan, out, Terminal(), name=name, wait=not no_wait)
    print_scaling(source_of(ended.records), what, as_json)
    raise typer.Exit(ended.exit_code)
