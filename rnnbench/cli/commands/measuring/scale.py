"""``rnnbench scale``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    Weak,
)
from rnnbench.cli.options.shared import Debug, Json, Name, NoWait, Out, Plugins, Quiet
from rnnbench.cli.options.signature import takes_measurement
from rnnbench.cli.output.printing import measured, print_scaling
from rnnbench.schema.comparison import TRAINING

#: Settings that it has no options for; it trains nothing.
WITHOUT = frozenset({"embedding", "steps", "optimizer", "lr", "clip", "target", *TRAINING})


@takes_measurement(without=WITHOUT)
def scale(
    over: Over,
    first: First,
    last: Last,
    points: SizesInRange = 6,
    weak: Weak = False,
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
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure a range of sizes, and fit how time and memory grow.

    Each size is a comparison, timed for 5 seconds by default; nothing is trained.

    A length is that of the task's option, the [b]delay[/b] of copy-memory; time steps are fitted.

    [b]rnnbench scale --over length --from 25 --to 400 --backends torch:all,jax[/b]

    [b]rnnbench scale --over hidden --from 32 --to 1024 --points 8 --batch 64[/b]

    [b]rnnbench scale --over devices --from 1 --to 4 --device gpu --backends jax,torch[/b]
    """
    from rnnbench.api import measuring

    given: dict[str, Any] = {
        "over": over,
        "from_": first,
        "to": last,
        "points": points,
        "weak": weak,
        "task": task,
    }
    given |= {"task": task, "cell": cell, "backends": backends, "name": name}
    given |= {"out": out, "no_wait": no_wait}
    given |= measurement.named(assignments, plugins)
    found, code = measured(measuring.carry_out_range, given, quiet)
    print_scaling(found.source, "length" if over == "steps" else over, as_json)
    raise typer.Exit(code)
