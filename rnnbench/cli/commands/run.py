"""``rnnbench run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from rnnbench.cli import options
from rnnbench.cli.options import Debug, Json, Out, Plugins, positive
from rnnbench.cli.printing import print_run, print_scaling
from rnnbench.errors import UsageError

#: What may be given with ``--resume``.
RESUMING = frozenset({"name", "--resume", "--out", "-p", "--python", "--json", "--debug"})


def run(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="With --resume: a run in DIR, or a path.")
    ] = None,
    suite: Annotated[
        str,
        typer.Option(help="A suite by its name, or a path to one (.toml).", rich_help_panel="What"),
    ] = "default",
    backends: options.Backends = "all",
    tasks: Annotated[
        str, typer.Option(metavar="LIST", help="Only these tasks.", rich_help_panel="What")
    ] = "",
    cells: Annotated[
        str, typer.Option(metavar="LIST", help="Only these cells.", rich_help_panel="What")
    ] = "",
    seeds: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=options.REPEATS,
            metavar="N",
            help="How often each row is trained.",
            rich_help_panel="What",
        ),
    ] = None,
    assignments: options.Assignments = None,
    plugins: Plugins = None,
    pythons: options.Pythons = None,
    device: options.Device = "cpu",
    dtype: options.Dtype = None,
    threads: options.Threads = None,
    hidden: options.Hidden = None,
    layers: options.Layers = None,
    embedding: options.Embedding = None,
    steps: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=options.MOST,
            metavar="N",
            help="Training steps (updates); 0 times and does not train.",
            rich_help_panel="Training",
        ),
    ] = None,
    batch: options.Batch = None,
    optimizer: Annotated[
        Literal["sgd", "rmsprop", "adam"] | None, typer.Option(rich_help_panel="Training")
    ] = None,
    lr: Annotated[
        float | None,
        typer.Option(
            callback=positive, metavar="X", help="Learning rate.", rich_help_panel="Training"
        ),
    ] = None,
    clip: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1e9,
            metavar="X",
            help="Largest global norm of the gradient; 0 for no clipping.",
            rich_help_panel="Training",
        ),
    ] = None,
    max_time: options.MaxTime = None,
    precision: options.Precision = None,
    processes: options.Processes = None,
    timeout: options.Timeout = 600.0,
    memory_limit: options.MemoryLimit = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a run that was interrupted: RUN, or the newest in DIR.",
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
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure, train, print the table; each result is on disk as soon as it is finished.

    [b]rnnbench run --backends all[/b]

    [b]rnnbench run --backends torch:all,jax --cells lstm --hidden 256 --steps 0[/b]

    [b]rnnbench run --tasks language-modeling --set language-modeling.path=book.txt[/b]

    [b]rnnbench run --resume[/b]
    """
    if resume:
        go_on(context, name, out, plugins or [], pythons or [], as_json)
    if name is not None:
        raise UsageError(f"{name!r} without --resume: rnnbench run takes a suite as --suite NAME")
    from rnnbench.plan import environments
    from rnnbench.plan.expand import expand
    from rnnbench.plan.request import Request
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.progress import Terminal
    from rnnbench.run import launch
    from rnnbench.schema.suite import Settings

    asked = plugins or []
    request = Request(
        suite=suite,
        backends=backends,
        tasks=_listed(tasks),
        cells=_listed(cells),
        device=options.device(device),
        pythons=environments.parse(pythons or []),
        threads=threads,
        seeds=seeds,
        processes=processes,
        precision=precision,
        settings=Settings(
            hidden=hidden,
            layers=layers,
            batch=batch,
            embedding=embedding,
            optimizer=optimizer,
            lr=lr,
            clip=clip,
            steps=steps,
            dtype=dtype,
            max_time=max_time,
        ),
        options=options.assigned(assignments or []),
        plugins=tuple(asked),
        timeout=timeout,
        memory_limit=memory_limit,
    )
    ended = launch.begin(expand(request, Registry.of(asked)), out, Terminal(), reuse)
    print_run(ended.records, "json" if as_json else "terminal")
    raise typer.Exit(ended.exit_code)


def go_on(
    context: typer.Context,
    name: str | None,
    out: Path,
    plugins: list[str],
    pythons: list[str],
    as_json: bool,
) -> NoReturn:
    """Resume a run; what it does is written in its results file, and not to be given again."""
    from rnnbench.plan import environments
    from rnnbench.report.progress import Terminal
    from rnnbench.results import folders
    from rnnbench.results.queries import plan_of
    from rnnbench.run.resume import resume

    given = [p.opts[0] for p in context.command.params if p.name and _is_given(context, p.name)]
    if fixed := [option for option in given if option not in RESUMING]:
        raise UsageError(f"{', '.join(fixed)} with --resume: a run is gone on with as it was begun")
    asked = environments.resolve(environments.parse(pythons))
    ended = resume(folders.find(name, out), plugins, asked, Terminal())
    if over := plan_of(ended.records).scale:
        print_scaling(ended.records, over, as_json)
    else:
        print_run(ended.records, "json" if as_json else "terminal")
    raise typer.Exit(ended.exit_code)


def _is_given(context: typer.Context, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
