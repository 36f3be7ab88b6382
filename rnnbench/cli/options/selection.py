"""The options that say what is measured: suites, tasks, models, seeds, and ranges of sizes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from rnnbench.api.options.requests import POINTS
from rnnbench.cli.options import completion
from rnnbench.cli.options.values import number
from rnnbench.schema.types import Repeats, Size


def name_of(kind: completion.Kind, about: str, *names: str) -> Any:
    """Return the option that takes the name of one plugin of a kind.

    Args:
        kind: what it names.
        about: what the help page says of it.
        names: of the option; by default that of its parameter.
    """
    return typer.Option(
        *names,
        metavar="NAME",
        help=about,
        rich_help_panel="What",
        autocompletion=completion.name(kind),
    )


def names_of(kind: completion.Kind, about: str) -> Any:
    """Return the option that takes such names with commas between them; see :func:`name_of`."""
    return typer.Option(
        metavar="LIST",
        help=about,
        rich_help_panel="What",
        autocompletion=completion.names(kind),
    )


Suite = Annotated[
    str,
    typer.Option(
        help="A suite by its name, or a path to one (.toml).",
        rich_help_panel="What",
        autocompletion=completion.name("suites"),
    ),
]
Scaled = Annotated[
    bool,
    typer.Option(
        "--scaled",
        help="Run a suite's long protocols at the sizes that it has for a small machine.",
        rich_help_panel="What",
    ),
]
Backends = Annotated[
    str,
    names_of(
        "backends",
        "[b]all[/b] installed ones, or those that the suite names; or for example "
        "[b]torch,jax:scan,numpy:all[/b]; "
        "[b]all:all[/b] is every variant of each, where it can compute what is asked.",
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="FILE:NAME",
        help="A net of your own beside the others, as [b]mynet.py:Net[/b]: see docs/own-net.md.",
        rich_help_panel="What",
    ),
]
Tasks = Annotated[str, names_of("tasks", "Only these tasks.")]
Cells = Annotated[str, names_of("cells", "Only these cells; [b]all[/b] is every one.")]
Networks = Annotated[
    str, names_of("networks", "Only these networks; [b]all[/b] is every one that a task admits.")
]
Seeds = Annotated[
    int | None,
    typer.Option(
        parser=number(Repeats),
        metavar="N",
        help="How often each row is trained.",
        rich_help_panel="What",
    ),
]
Task = Annotated[str, name_of("tasks", "The task.")]
TaskOrUsual = Annotated[
    str | None, name_of("tasks", "The task; adding-problem by default.", "--task")
]
Cell = Annotated[str, name_of("cells", "The cell.")]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME.OPTION=VALUE",
        help="An option of a task, a cell or a network, such as [b]adding-problem.length=200[/b].",
        rich_help_panel="What",
    ),
]
Over = Annotated[
    Literal["length", "steps", "batch", "hidden", "layers", "devices"],
    typer.Option(
        help="What varies: time steps of a sequence (length, or steps), examples per step, "
        "units per layer, recurrent layers, or devices that a batch is split over.",
        rich_help_panel="Range",
    ),
]
First = Annotated[
    int,
    typer.Option(
        "--from", parser=number(Size), metavar="N", help="Smallest size.", rich_help_panel="Range"
    ),
]
Last = Annotated[
    int,
    typer.Option(
        "--to", parser=number(Size), metavar="N", help="Largest size.", rich_help_panel="Range"
    ),
]
Weak = Annotated[
    bool,
    typer.Option(
        "--weak",
        help="With [b]--over devices[/b]: the batch is that of each device, not of all.",
        rich_help_panel="Range",
    ),
]
SizesInRange = Annotated[
    int,
    typer.Option(
        parser=number(POINTS),
        metavar="N",
        help="How many, in a geometric range; few make wide intervals.",
        rich_help_panel="Range",
    ),
]
