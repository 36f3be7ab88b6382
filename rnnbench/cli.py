"""The command line: parse, call, print."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.exceptions import TyperException

from rnnbench.errors import RnnbenchError, UsageError

app = typer.Typer(
    name="rnnbench",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _positive(value: float | None) -> float | None:
    if value is not None and not 0 < value < float("inf"):
        raise typer.BadParameter(f"{value:g} is not above 0.")
    return value


def _share(value: float | None) -> float | None:
    if value is not None and not 0 < value < 1:
        raise typer.BadParameter(f"{value:g} is not between 0 and 1.")
    return value


Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where runs lie.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "-p", metavar="MODULE", help="Load a plugin by its module; [b]no:NAME[/b] keeps one out."
    ),
]


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Benchmark recurrent networks across frameworks.

    [b]rnnbench run --backends all[/b] measures every installed framework and prints the table.
    """
    if version:
        from importlib import metadata

        typer.echo(f"rnnbench {metadata.version('rnnbench')}")
        raise typer.Exit


@app.command()
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
            callback=_positive, metavar="X", help="Learning rate.", rich_help_panel="Training"
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
            callback=_positive,
            metavar="S",
            help="Seconds of timing per comparison.",
            rich_help_panel="Timing",
        ),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            callback=_share,
            metavar="X",
            help="Stop timing when each ratio is known to ±X of itself (0.02 is 2 %).",
            rich_help_panel="Timing",
        ),
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            callback=_positive,
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
    _print_run(ended.file, as_json)
    raise typer.Exit(ended.exit_code)


@app.command()
def show(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="A run in DIR, or a path; the newest by default."),
    ] = None,
    out: Out = Path("results"),
    as_format: Annotated[
        Literal["terminal", "markdown", "json"], typer.Option("--format")
    ] = "terminal",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print the table of a run.

    [b]rnnbench show[/b]

    [b]rnnbench show --json | jq '.[] | select(.cell == "lstm")'[/b]
    """
    from rnnbench import results

    _print_run(results.find(name, out), as_json or as_format == "json", as_format == "markdown")


@app.command("list")
def list_(
    what: Annotated[
        Literal["all", "backends", "cells", "tasks", "suites"], typer.Argument()
    ] = "all",
    plugins: Plugins = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """List what can be run: backends and their variants, cells, tasks, suites.

    [b]rnnbench list backends[/b] asks each framework for its devices, which takes a few seconds.
    """
    from rnnbench import listing
    from rnnbench.plugins import Registry

    registry = Registry.of(plugins or [])
    kinds = listing.KINDS if what == "all" else (what,)
    found = {kind: listing.entries(kind, registry, plugins or []) for kind in kinds}
    if as_json:
        listing.print_json(found)
    else:
        listing.print_tables(found, registry.broken)


def main() -> None:
    """Run the command line; an error of the user's is one line and exit code 2."""
    if "--debug" in sys.argv[1:]:
        os.environ["RNNBENCH_DEBUG"] = "1"
    try:
        code = app(standalone_mode=False)
    except (RnnbenchError, TyperException) as error:
        if "RNNBENCH_DEBUG" in os.environ:
            raise
        message = error.format_message() if isinstance(error, TyperException) else str(error)
        if message:  # no arguments at all: the help has been printed
            typer.echo(f"rnnbench: {' '.join(message.split())}", err=True)
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone, as in `rnnbench show | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code)


def _print_run(file: Path, as_json: bool, as_markdown: bool = False) -> None:
    """Print the table of a results file."""
    from rnnbench import results
    from rnnbench.frame import frame, objects
    from rnnbench.report import blocks, markdown, terminal

    records = results.read(file)
    table = frame(records)
    if as_json:
        import json

        typer.echo(json.dumps(objects(table), indent=1))
        return
    heading, shown = blocks.heading(records), blocks.blocks(table)
    if as_markdown:
        typer.echo(markdown.render(heading, shown))
    else:
        terminal.show(heading, shown, terminal.console())


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
