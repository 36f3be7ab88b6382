"""``rnnbench scale``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.cli import options
from rnnbench.cli.options import Debug, Json, Out, Plugins


def scale(
    over: Annotated[
        Literal["length", "steps", "batch", "hidden", "layers"],
        typer.Option(
            help="What varies: time steps of a sequence (length, or steps), examples per step, "
            "units per layer, or recurrent layers.",
            rich_help_panel="Range",
        ),
    ],
    first: Annotated[
        int,
        typer.Option(
            "--from",
            min=1,
            max=options.MOST,
            metavar="N",
            help="Smallest size.",
            rich_help_panel="Range",
        ),
    ],
    last: Annotated[
        int,
        typer.Option(
            "--to",
            min=1,
            max=options.MOST,
            metavar="N",
            help="Largest size.",
            rich_help_panel="Range",
        ),
    ],
    points: Annotated[
        int,
        typer.Option(
            min=4,
            max=options.REPEATS,
            metavar="N",
            help="How many, in a geometric range; few make wide intervals.",
            rich_help_panel="Range",
        ),
    ] = 6,
    backends: options.Backends = "all",
    task: Annotated[
        str, typer.Option(metavar="NAME", help="The task.", rich_help_panel="What")
    ] = "adding-problem",
    cell: Annotated[
        str, typer.Option(metavar="NAME", help="The cell.", rich_help_panel="What")
    ] = "lstm",
    assignments: options.Assignments = None,
    plugins: Plugins = None,
    pythons: options.Pythons = None,
    device: options.Device = "cpu",
    dtype: options.Dtype = None,
    threads: options.Threads = None,
    hidden: options.Hidden = None,
    layers: options.Layers = None,
    batch: options.Batch = None,
    max_time: options.MaxTime = None,
    precision: options.Precision = None,
    processes: options.Processes = None,
    timeout: options.Timeout = 600.0,
    memory_limit: options.MemoryLimit = None,
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure a range of sizes, and fit how time and memory grow.

    Each size is a comparison, timed for 5 seconds by default; nothing is trained.

    A length is that of the task's option, the [b]delay[/b] of copy-memory; time steps are fitted.

    [b]rnnbench scale --over length --from 25 --to 400 --backends torch:all,jax[/b]

    [b]rnnbench scale --over hidden --from 32 --to 1024 --points 8 --batch 64[/b]
    """
    from rnnbench.cli.printing import print_scaling
    from rnnbench.errors import UsageError
    from rnnbench.plan import environments
    from rnnbench.plan.request import Request
    from rnnbench.plan.scale import expand, sizes
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.progress import Terminal
    from rnnbench.run import launch
    from rnnbench.schema.suite import Settings

    if last < first:
        raise UsageError(f"--from {first} --to {last}: the largest size is below the smallest")
    asked = plugins or []
    request = Request(
        backends=backends,
        device=options.device(device),
        pythons=environments.parse(pythons or []),
        threads=threads,
        processes=processes,
        precision=precision,
        settings=Settings(
            hidden=hidden, layers=layers, batch=batch, dtype=dtype, max_time=max_time
        ),
        options=options.assigned(assignments or []),
        plugins=tuple(asked),
        timeout=timeout,
        memory_limit=memory_limit,
    )
    what = "length" if over == "steps" else over
    registry = Registry.of(asked)
    plan = expand(request, task, cell, what, sizes(first, last, points), registry)
    ended = launch.begin(plan, out, Terminal())
    print_scaling(ended.records, what, as_json)
    raise typer.Exit(ended.exit_code)
