"""``rnnbench stream``."""

from __future__ import annotations

from pathlib import Path

import typer

from rnnbench.cli.arguments.nets import Net, net_of
from rnnbench.cli.options.measurement import Measurement
from rnnbench.cli.options.selection import Assignments, Backends, Cells, Networks, TaskOrUsual
from rnnbench.cli.options.shared import Debug, Json, Name, NoWait, Out, Plugins, Quiet
from rnnbench.cli.options.signature import takes_measurement
from rnnbench.errors import UsageError
from rnnbench.schema.comparison import TRAINING

#: What it has no options for: it trains nothing, and takes the time that it has.
WITHOUT = frozenset(
    {"steps", "optimizer", "lr", "clip", "target", "precision", "devices", *TRAINING}
)


@takes_measurement(without=WITHOUT)
def stream(
    net: Net = None,
    backends: Backends = "all",
    cells: Cells = "",
    networks: Networks = "",
    task: TaskOrUsual = None,
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
    """Measure inference one step at a time, the state carried: what voice and sensors need.

    The latency of a step is from its input in NumPy to its output there. What the steps gave is
    held against the whole sequence at once.

    [b]rnnbench stream --cells lstm,gru --hidden 128 --backends all[/b]

    [b]rnnbench stream first --backends torch:all,numpy --processes 3[/b]

    [b]rnnbench stream NET.safetensors --json[/b]
    """
    from rnnbench.api.reading import source_of
    from rnnbench.cli.output.printing import print_run
    from rnnbench.plan.streaming import expand
    from rnnbench.report.progress.display import Terminal
    from rnnbench.running import launch

    if net is None and not (cells or networks):
        raise UsageError("name a run, a file of weights, or cells: rnnbench stream --cells lstm")
    if net is not None and (cells or networks or task):
        raise UsageError(f"{net} says what its task, its cell and its network are: leave out yours")
    weights = None if net is None else net_of(net, out)
    request, registry = measurement.request(backends, assignments, plugins, weights=weights)
    own = listed(cells) or ["lstm"], listed(networks) or ["stack"]
    plan = expand(request, task or "adding-problem", *own, registry)
    ended = launch.begin(plan, registry, out, Terminal(quiet), name=name, wait=not no_wait)
    print_run(source_of(ended.records), "json" if as_json else "terminal")
    raise typer.Exit(ended.exit_code)


def listed(text: str) -> list[str]:
    """Parse a comma-separated list."""
    return [part.strip() for part in text.split(",") if part.strip()]
