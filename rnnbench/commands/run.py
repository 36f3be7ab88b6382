"""``rnnbench run``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.commands.options import Debug, Json, Out, Plugins, positive, share
from rnnbench.commands.printing import print_run
from rnnbench.errors import UsageError


def run(
    suite: Annotated[
        str,
        typer.Option(help="A suite by its name, or a path to one (.toml).", rich_help_panel="What"),
    ] = "default",
    backends: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="[b]all[/b] installed ones, or for example [b]torch,jax:scan,numpy:all[/b]; "
            "[b]all:all[/b] is every variant of each.",
            rich_help_panel="What",
        ),
    ] = "all",
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
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME.OPTION=VALUE",
            help="An option of a task or a cell, such as [b]adding-problem.length=200[/b].",
            rich_help_panel="What",
        ),
    ] = None,
    plugins: Plugins = None,
    device: Annotated[
        str, typer.Option(help="cpu, gpu or gpu:N.", rich_help_panel="Where")
    ] = "cpu",
    dtype: Annotated[
        Literal["float32", "float64"] | None, typer.Option(rich_help_panel="Where")
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="CPU threads of each worker; as many as there are by default.",
            rich_help_panel="Where",
        ),
    ] = None,
    hidden: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Units per layer.", rich_help_panel="Model"),
    ] = None,
    layers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Recurrent layers.", rich_help_panel="Model"),
    ] = None,
    embedding: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Width of the embedding of tokens; 0 feeds them one-hot.",
            rich_help_panel="Model",
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Training steps (updates); 0 times and does not train.",
            rich_help_panel="Training",
        ),
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Examples per step.", rich_help_panel="Training"),
    ] = None,
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
    max_time: Annotated[
        float | None,
        typer.Option(
            callback=positive,
            metavar="S",
            help="Seconds of timing per comparison.",
            rich_help_panel="Timing",
        ),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            parser=share,
            metavar="P",
            help="Stop timing when each ratio is known to ±P of itself; 2% by default.",
            rich_help_panel="Timing",
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Time each row in N fresh processes; from 3 on there are verdicts.",
            rich_help_panel="Timing",
        ),
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            callback=positive,
            metavar="S",
            help="End a worker that is silent for so long.",
            rich_help_panel="Timing",
        ),
    ] = 600.0,
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure, train, print the table; each result is on disk as soon as it is finished.

    [b]rnnbench run --backends all[/b]

    [b]rnnbench run --backends torch:all,jax --cells lstm --hidden 256 --steps 0[/b]

    [b]rnnbench run --tasks language-modeling --set language-modeling.path=book.txt[/b]
    """
    from rnnbench import launch
    from rnnbench.plan import Request, expand
    from rnnbench.plugins import Registry
    from rnnbench.suite import Settings

    asked = plugins or []
    request = Request(
        suite=suite,
        backends=backends,
        tasks=_listed(tasks),
        cells=_listed(cells),
        device=_device(device),
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
        options=_options(assignments or []),
    )
    plan = expand(request, Registry.of(asked))
    ended = launch.execute(plan, asked, out, timeout)
    print_run(ended.file, "json" if as_json else "terminal")
    raise typer.Exit(ended.exit_code)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|gpu(:\d+)?", text):
        raise UsageError(f"--device {text!r}: it is cpu, gpu or gpu:N")
    return "gpu:0" if text == "gpu" else text


def _options(assignments: list[str]) -> dict[str, dict[str, bool | int | float | str]]:
    """Parse ``NAME.OPTION=VALUE``."""
    from rnnbench.suite import parse_value

    options: dict[str, dict[str, bool | int | float | str]] = {}
    for text in assignments:
        match = re.fullmatch(r"([\w-]+)\.(\w+)=(.*)", text, re.DOTALL)
        if match is None:
            raise UsageError(
                f"--set {text!r} is not NAME.OPTION=VALUE, as in adding-problem.length=200"
            )
        options.setdefault(match[1], {})[match[2]] = parse_value(match[3])
    return options
