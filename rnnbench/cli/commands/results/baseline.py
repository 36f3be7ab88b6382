"""``rnnbench baseline``: runs that are kept to hold later ones against."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rnnbench.cli.help_page import PlainCommand, PlainGroup
from rnnbench.cli.options.shared import Debug, Json, Out, Run

baseline = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Keep runs under a name, to hold later ones against: rnnbench compare NAME.",
)


@baseline.command("save", cls=PlainCommand)
def save(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the baseline.")],
    run: Run = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a baseline of this name.")
    ] = False,
    out: Out = Path("results"),
    debug: Debug = False,
) -> None:
    """Keep a copy of a run as a baseline; the run may then be removed.

    [b]rnnbench baseline save main[/b]

    [b]rnnbench baseline save before-upgrade 20260102T030405Z[/b]
    """
    from rnnbench.cli.arguments.runs import file_of
    from rnnbench.cli.commands.results.check_results import left
    from rnnbench.results import reader
    from rnnbench.results.runs import baselines, folders
    from rnnbench.system.io.streams import say
    from rnnbench.text import many, plain

    folders.check_no_run(f"baseline {name!r}", name, out)
    file = file_of(run, out)
    found = reader.load(file)
    for line in reader.set_aside(file, found):
        say(plain(line))
    unfinished = left(found)
    path = baselines.save(name, file, out, force)
    rest = f", unfinished in {many(unfinished, 'comparison')}" if unfinished else ""
    say(plain(f"baseline {name!r} is {file}{rest}, kept as {path}"))


@baseline.command("list", cls=PlainCommand)
def list_(out: Out = Path("results"), as_json: Json = False, debug: Debug = False) -> None:
    """List the baselines; each is a file, and gone when that is removed.

    [b]rnnbench baseline list[/b]
    """
    from rnnbench.cli.output.printing import print_runs
    from rnnbench.report.lists import runs as report
    from rnnbench.results.runs import baselines

    found = [report.line(one, one.file.stem) for one in baselines.entries(out)]
    none = f"no baseline in {out}: rnnbench baseline save NAME keeps the newest run"
    print_runs(found, as_json, none)
