"""``rnnbench profile``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Meta

from rnnbench.cli.options import completion
from rnnbench.cli.options.measurement import Measurement
from rnnbench.cli.options.selection import Assignments, Cell, Task, name_of
from rnnbench.cli.options.shared import Debug, Json, NoWait, Plugins, Quiet
from rnnbench.cli.options.signature import takes_measurement
from rnnbench.cli.options.values import number
from rnnbench.schema.comparison import NETWORK, TRAINING
from rnnbench.schema.status import FAILURES

#: What it has no options for: nothing is trained, and each row is seen once.
WITHOUT = frozenset({"steps", "target", "precision", "processes", "max_time", "devices", *TRAINING})
#: Steps whose trace a viewer can still open.
Few = Annotated[int, Meta(ge=1, le=1000)]

Rows = Annotated[
    list[str],
    typer.Argument(
        metavar="ROW...",
        help="Rows, as [b]torch[/b], [b]jax:scan[/b] or [b]all[/b].",
        autocompletion=completion.names("backends"),
    ),
]
Output = Annotated[
    Path,
    typer.Option(metavar="DIR", help="A new folder for the traces.", show_default=False),
]
Network = Annotated[str, name_of("networks", "The network.")]
Steps = Annotated[
    int,
    typer.Option(
        "--steps", parser=number(Few), metavar="N", help="Warm training steps that are seen."
    ),
]


@takes_measurement(without=WITHOUT)
def profile(
    rows: Rows,
    output: Output = ...,  # type: ignore[assignment]  # it has no default
    count: Steps = 5,
    task: Task = "adding-problem",
    network: Network = NETWORK,
    cell: Cell = "lstm",
    assignments: Assignments = None,
    plugins: Plugins = None,
    *,
    measurement: Measurement,
    no_wait: NoWait = False,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Look into rows with the profiler of their framework: where the time of a step goes.

    Each row is proved first. Its trace opens in Perfetto or chrome://tracing; the ten dearest
    operations are printed, beside the share of the peak that a step reaches, and the energy that it
    takes where the machine counts that: RAPL, which root alone may read on most systems, and NVIDIA
    GPUs by nvidia-ml-py.

    [b]rnnbench profile torch:fused jax --output profiles[/b]

    [b]rnnbench profile numpy --cell gru --hidden 256 --steps 20 --output profiles --json[/b]
    """
    from rnnbench.cli.output.printing import print_json
    from rnnbench.plan.profiling import expand
    from rnnbench.report.formats import terminal
    from rnnbench.report.lists import profile as report
    from rnnbench.report.progress.spinner import waiting
    from rnnbench.running import profiling
    from rnnbench.system.io.streams import tell

    request, registry = measurement.request(",".join(rows), assignments, plugins)
    plan = expand(request, task, network, cell, registry)
    for line in (*(f"left out: {one}" for one in plan.missing), *plan.notes):
        tell(line)
    with waiting("profiles", quiet) as stage:
        found = profiling.profile(plan, output, count, tell, stage, wait=not no_wait)
    if as_json:
        print_json(report.plain(found))
    else:
        terminal.show(report.heading(found), list(report.tables(found)))
    failed = any(one.failure and one.failure.status in FAILURES for one in found.rows)
    raise typer.Exit(int(failed))
