"""``rnnbench explain``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnbench.cli.options import completion
from rnnbench.cli.options.explicit import given_beside
from rnnbench.cli.options.measurement import Measurement
from rnnbench.cli.options.selection import Assignments, Seeds, TaskOrUsual
from rnnbench.cli.options.shared import Debug, Json, Name, NoWait, Out, Plugins, Quiet
from rnnbench.cli.options.signature import takes_measurement
from rnnbench.errors import UsageError

if TYPE_CHECKING:
    from rnnbench.introspection.explanation import Explanation
    from rnnbench.plugins.registry import Registry
    from rnnbench.schema.plan import Plan

#: The task of a run of its own.
TASK = "adding-problem"
#: What may be given with ``--run``.
READING = frozenset({"cells", "--run", "--backend", "--task", "--out", "-p", "--json", "--debug"})


Cells = Annotated[
    list[str],
    typer.Argument(
        metavar="CELL...",
        help="The cells; [b]all[/b] is every one.",
        autocompletion=completion.names("cells"),
    ),
]
FromRun = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="RUN",
        help="Take the figures from a run in DIR, and measure nothing.",
        autocompletion=completion.run,
        rich_help_panel="What",
    ),
]
OneBackend = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="One backend, as [b]torch[/b] or [b]jax:scan[/b]; numpy or the first by default.",
        autocompletion=completion.name("backends"),
        rich_help_panel="What",
    ),
]
Lengths = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="Short and long sequences, by the option of the task that sets their length.",
        rich_help_panel="What",
    ),
]


@takes_measurement(without={"devices"})
def explain(
    context: typer.Context,
    cells: Cells,
    earlier: FromRun = None,
    backend: OneBackend = None,
    task: TaskOrUsual = None,
    lengths: Lengths = "10,50",
    seeds: Seeds = None,
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
    """Explain cells: equations, gates, parameters, operations, and what they take and learn.

    Times and scores are measured, on short and on long sequences, for a minute or two, and written
    like any other run; or they are taken from one.

    [b]rnnbench explain lstm gru elman[/b]

    [b]rnnbench explain lstm mingru --backend jax --task copy-memory --lengths 5,50 --steps 500[/b]

    [b]rnnbench explain lstm gru --run latest --json[/b]
    """
    from rnnbench.analysis.run_results import row_results
    from rnnbench.cli.arguments.runs import file_of
    from rnnbench.cli.output.printing import records_of
    from rnnbench.introspection.explanation import explain as explained
    from rnnbench.introspection.explanation import row_of
    from rnnbench.plan.lengths import expand
    from rnnbench.plan.rows import able_to_run
    from rnnbench.report import run_origin
    from rnnbench.report.progress.display import Terminal
    from rnnbench.running import launch

    request, registry = measurement.request("all", assignments, plugins, seeds=seeds)
    cells, code = list(registry.cells if "all" in cells else dict.fromkeys(cells)), 0
    for cell in cells:
        registry.find("cell", cell)
    if earlier is None:
        asked = backend or preferred(registry)
        able = able_to_run(asked, cells, registry)
        if able != asked:
            print(f"{asked} is run as {able}, which can run every cell", file=sys.stderr)
        request = replace(request, backends=able)
        plan = expand(request, task or TASK, cells, whole_numbers(lengths), registry)
        check_one_row(plan, backend)
        ended = launch.begin(plan, registry, out, Terminal(quiet), name=name, wait=not no_wait)
        records, code = ended.records, ended.exit_code
    else:
        check_readable(context)
        records = records_of(file_of(earlier, out))
    row, called = row_of(records, backend), run_origin.made(records).called
    found = explained(cells, records, row_results(records), row, task, called, registry)
    show(found, run_origin.heading(records), as_json)
    raise typer.Exit(code)


def show(found: Explanation, heading: str, as_json: bool) -> None:
    """Print what is known of cells: their equations and a table, or an object for programs."""
    from rnnbench.cli.output.printing import print_json
    from rnnbench.report.console import known_width
    from rnnbench.report.formats import terminal
    from rnnbench.report.lists import explain as report

    if as_json:
        print_json(found)
    else:
        print("\n".join(report.equations(found.cells, known_width())))
        terminal.show(heading, [report.table(found)])


def check_one_row(plan: Plan, backend: str | None) -> None:
    """Raise UsageError for a value of ``--backend`` that means more than one row."""
    if len(plan.rows) > 1:
        raise UsageError(f"--backend {backend}: it is one backend in one variant, as torch")


def check_readable(context: typer.Context) -> None:
    """Raise UsageError for options of a measurement where nothing is measured."""
    if fixed := given_beside(context, READING):
        raise UsageError(f"{', '.join(fixed)} with --run: nothing is measured, it says what was")


def preferred(registry: Registry) -> str:
    """Return NumPy's backend if it can be used, or else the first that can."""
    usable = [item.name for item in registry.items("backend") if item.status == "ok"]
    return "numpy" if "numpy" in usable else next(iter(usable), "all")


def whole_numbers(text: str) -> list[int]:
    """Parse ``10,50``.

    Raises:
        UsageError: for anything else.
    """
    try:
        found = [int(one) for one in text.split(",")]
    except ValueError:
        found = []
    if not found:
        raise UsageError(f"--lengths {text}: it is a list of whole numbers, as 10,50")
    return sorted(set(found))
