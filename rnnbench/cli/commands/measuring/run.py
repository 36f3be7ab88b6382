"""``rnnbench run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from rnnbench.cli.options.measurement import Assignments, Backends, Measurement
from rnnbench.cli.options.shared import Debug, Json, Name, NoWait, Out, Plugins, Strict
from rnnbench.cli.options.signature import takes_measurement
from rnnbench.cli.options.values import number
from rnnbench.cli.printing import print_run, print_scaling, source_of, strict_code
from rnnbench.cli.runs import file_to_append_to
from rnnbench.errors import UsageError
from rnnbench.schema.types import Repeats

#: What may be given with ``--resume``.
RESUMING = frozenset(
    {"earlier", "--resume", "--retry-failed", "--out", "-p", "--python", "--json", "--debug"}
    | {"--no-wait", "--strict"}
)


@takes_measurement()
def run(
    context: typer.Context,
    earlier: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN", help="With --resume: a run in DIR, or a path; latest by default."
        ),
    ] = None,
    suite: Annotated[
        str,
        typer.Option(help="A suite by its name, or a path to one (.toml).", rich_help_panel="What"),
    ] = "default",
    backends: Backends = "all",
    tasks: Annotated[
        str, typer.Option(metavar="LIST", help="Only these tasks.", rich_help_panel="What")
    ] = "",
    cells: Annotated[
        str, typer.Option(metavar="LIST", help="Only these cells.", rich_help_panel="What")
    ] = "",
    networks: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Only these networks; [b]all[/b] is every one that a task admits.",
            rich_help_panel="What",
        ),
    ] = "",
    seeds: Annotated[
        int | None,
        typer.Option(
            parser=number(Repeats),
            metavar="N",
            help="How often each row is trained.",
            rich_help_panel="What",
        ),
    ] = None,
    assignments: Assignments = None,
    plugins: Plugins = None,
    *,
    measurement: Measurement,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a run that was interrupted: RUN, or the newest in DIR.",
            rich_help_panel="Earlier runs",
        ),
    ] = False,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help="With --resume: do again what has failed, trainings and whole comparisons.",
            rich_help_panel="Earlier runs",
        ),
    ] = False,
    reuse: Annotated[
        bool,
        typer.Option(
            "--reuse",
            help="Take over what earlier runs in DIR have measured of the same: rows, code, "
            "versions, data and machine.",
            rich_help_panel="Earlier runs",
        ),
    ] = False,
    name: Name = None,
    out: Out = Path("results"),
    no_wait: NoWait = False,
    strict: Strict = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure, train, print the table; each result is on disk as soon as it is finished.

    [b]rnnbench run --backends all[/b]

    [b]rnnbench run --backends torch:all,jax --cells lstm --hidden 256 --steps 0[/b]

    [b]rnnbench run --tasks language-modeling --set language-modeling.path=book.txt[/b]

    [b]rnnbench run --backends torch --processes 3 --name before-upgrade[/b]

    [b]rnnbench run --resume[/b]
    """
    if resume:
        pythons = measurement.pythons or []
        resume_run(
            context,
            earlier,
            out,
            plugins or [],
            pythons,
            as_json,
            retry_failed,
            not no_wait,
            strict,
        )
    if retry_failed:
        raise UsageError("--retry-failed without --resume: it is an earlier run that has failed")
    if earlier is not None:
        raise UsageError(
            f"{earlier!r} without --resume: rnnbench run takes a suite as --suite NAME"
        )
    from rnnbench.plan.expand import expand
    from rnnbench.report.progress.display import Terminal
    from rnnbench.run import launch

    request, registry = measurement.request(
        backends,
        assignments,
        plugins,
        suite=suite,
        tasks=listed(tasks),
        cells=listed(cells),
        networks=listed(networks),
        seeds=seeds,
    )
    plan = expand(request, registry)
    ended = launch.begin(plan, out, Terminal(), reuse, name, not no_wait)
    print_run(source_of(ended.records), "json" if as_json else "terminal")
    raise typer.Exit(strict_code(ended.records, ended.exit_code) if strict else ended.exit_code)


def resume_run(
    context: typer.Context,
    run: str | None,
    out: Path,
    plugins: list[str],
    pythons: list[str],
    as_json: bool,
    retry_failed: bool,
    wait: bool,
    strict: bool,
) -> NoReturn:
    """Resume a run: its results file says what it does, and options can't change that."""
    from rnnbench.plan import environments
    from rnnbench.report.progress.display import Terminal
    from rnnbench.results.queries import plan_of
    from rnnbench.run.resume import resume

    given = [p.opts[0] for p in context.command.params if p.name and is_given(context, p.name)]
    if fixed := [option for option in given if option not in RESUMING]:
        raise UsageError(f"{', '.join(fixed)} with --resume: a run is gone on with as it was begun")
    asked = environments.resolve(environments.parse(pythons))
    ended = resume(file_to_append_to(run, out), plugins, asked, Terminal(), retry_failed, wait)
    if over := plan_of(ended.records).scale:
        print_scaling(ended.records, over, as_json)
    else:
        print_run(source_of(ended.records), "json" if as_json else "terminal")
    raise typer.Exit(strict_code(ended.records, ended.exit_code) if strict else ended.exit_code)


def is_given(context: typer.Context, parameter: str) -> bool:
    """Return whether a parameter stands on the command line, rather than at its default."""
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def listed(text: str) -> tuple[str, ...]:
    """Parse a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
