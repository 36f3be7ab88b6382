"""``rnnbench run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.commands import options
from rnnbench.commands.options import Debug, Json, Out, Plugins, positive
from rnnbench.commands.printing import print_run


def run(
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
            min=1, metavar="N", help="How often each row is trained.", rich_help_panel="What"
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
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure, train, print the table; each result is on disk as soon as it is finished.

    [b]rnnbench run --backends all[/b]

    [b]rnnbench run --backends torch:all,jax --cells lstm --hidden 256 --steps 0[/b]

    [b]rnnbench run --tasks language-modeling --set language-modeling.path=book.txt[/b]
    """
    from rnnbench import environments, launch
    from rnnbench.plan import Request, expand
    from rnnbench.plugins import Registry
    from rnnbench.suite import Settings

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
    )
    plan = expand(request, Registry.of(asked))
    ended = launch.execute(plan, asked, out, timeout)
    print_run(ended.file, "json" if as_json else "terminal")
    raise typer.Exit(ended.exit_code)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
