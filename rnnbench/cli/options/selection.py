"""The options that say what is measured: suites, tasks, models, seeds, and ranges of sizes."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from rnnbench.api.requests import POINTS
from rnnbench.cli.options import completion
from rnnbench.cli.options.values import number
from rnnbench.schema.types import Repeats, Size

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
    typer.Option(
        metavar="LIST",
        help="[b]all[/b] installed ones, or those that the suite names; or for example "
        "[b]torch,jax:scan,numpy:all[/b]; "
        "[b]all:all[/b] is every variant of each, where it can compute what is asked.",
        rich_help_panel="What",
        autocompletion=completion.names("backends"),
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
Tasks = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="Only these tasks.",
        rich_help_panel="What",
        autocompletion=completion.names("tasks"),
    ),
]
Cells = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="Only these cells; [b]all[/b] is every one.",
        rich_help_panel="What",
        autocompletion=completion.names("cells"),
    ),
]
Networks = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="Only these networks; [b]all[/b] is every one that a task admits.",
        rich_help_panel="What",
        autocompletion=completion.names("networks"),
    ),
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
Task = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The task.",
        rich_help_panel="What",
        autocompletion=completion.name("tasks"),
    ),
]
TaskOrUsual = Annotated[
    str | None,
    typer.Option(
        "--task",
        metavar="NAME",
        help="The task; adding-problem by default.",
        rich_help_panel="What",
        autocompletion=completion.name("tasks"),
    ),
]
Cell = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The cell.",
        rich_help_panel="What",
        autocompletion=completion.name("cells"),
    ),
]
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
    Literal["length", "steps", "batch", "hidden", "layers"],
    typer.Option(
        help="What varies: time steps of a sequence (length, or steps), examples per step, "
        "units per layer, or recurrent layers.",
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
SizesInRange = Annotated[
    int,
    typer.Option(
        parser=number(POINTS),
        metavar="N",
        help="How many, in a geometric range; few make wide intervals.",
        rich_help_panel="Range",
    ),
]
