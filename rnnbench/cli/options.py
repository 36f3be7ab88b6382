"""Options that several commands share, and what checks their values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.errors import UsageError

#: The largest number of anything, and of what takes its time again each time.
MOST, REPEATS = 1 << 31, 1000


def positive(value: float | None) -> float | None:
    """Refuse what is not above 0."""
    if value is not None and not 0 < value <= 1e9:
        raise typer.BadParameter(f"{value:g} is not above 0 and at most 1e9.")
    return value


def share(text: str) -> float:
    """Parse ``2%`` or ``0.02``."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no share, as 2% or 0.02 are.") from None
    if not 0 < value < 1:
        raise typer.BadParameter(f"{text} is not between 0 and 1, as 2% or 0.02 are.")
    return value


def device(text: str) -> str:
    """Parse ``cpu``, ``gpu`` or ``gpu:N``.

    Raises:
        UsageError: if it is none of them.
    """
    if not re.fullmatch(r"cpu|gpu(:\d+)?", text):
        raise UsageError(f"--device {text!r}: it is cpu, gpu or gpu:N")
    return "gpu:0" if text == "gpu" else text


def size(text: str) -> int:
    """Parse ``4GiB``, ``500MiB`` or a number of bytes."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]i?B?|B)?", text)
    if match is None or float(match[1]) <= 0:
        raise typer.BadParameter(f"{text!r} is no size, as 4GiB or 500MiB are.")
    unit = (match[2] or "B").rstrip("B").rstrip("i")
    bytes_ = float(match[1]) * 1024 ** " KMGT".index(unit or " ")
    if not 1 <= bytes_ <= 1 << 62:
        raise typer.BadParameter(f"{text!r} is no size of a memory.")
    return int(bytes_)


def assigned(assignments: list[str]) -> dict[str, dict[str, bool | int | float | str]]:
    """Parse what ``--set`` was given: ``NAME.OPTION=VALUE``, by name and by option.

    Raises:
        UsageError: naming the one that is something else.
    """
    from rnnbench.plan.suites import parse_value

    options: dict[str, dict[str, bool | int | float | str]] = {}
    for text in assignments:
        match = re.fullmatch(r"([\w-]+)\.(\w+)=(.*)", text, re.DOTALL)
        if match is None:
            raise UsageError(
                f"--set {text!r} is not NAME.OPTION=VALUE, as in adding-problem.length=200"
            )
        options.setdefault(match[1], {})[match[2]] = parse_value(match[3])
    return options


Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where runs lie.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "-p", metavar="MODULE", help="Load a plugin by its module; [b]no:NAME[/b] keeps one out."
    ),
]
Pythons = Annotated[
    list[str] | None,
    typer.Option(
        "--python",
        metavar="NAME=PATH",
        help="Run a backend under another interpreter, or name one for rows such as torch@NAME.",
        rich_help_panel="Where",
    ),
]
Delta = Annotated[
    float | None,
    typer.Option(
        parser=share, metavar="P", help="Rows that differ by less are the same; 2% by default."
    ),
]
Backends = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="[b]all[/b] installed ones, or for example [b]torch,jax:scan,numpy:all[/b]; "
        "[b]all:all[/b] is every variant of each.",
        rich_help_panel="What",
    ),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME.OPTION=VALUE",
        help="An option of a task or a cell, such as [b]adding-problem.length=200[/b].",
        rich_help_panel="What",
    ),
]
Device = Annotated[str, typer.Option(help="cpu, gpu or gpu:N.", rich_help_panel="Where")]
Dtype = Annotated[Literal["float32", "float64"] | None, typer.Option(rich_help_panel="Where")]
Threads = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST,
        metavar="N",
        help="CPU threads of each worker; as many as there are by default.",
        rich_help_panel="Where",
    ),
]
Hidden = Annotated[
    int | None,
    typer.Option(min=1, max=MOST, metavar="N", help="Units per layer.", rich_help_panel="Model"),
]
Layers = Annotated[
    int | None,
    typer.Option(min=1, max=MOST, metavar="N", help="Recurrent layers.", rich_help_panel="Model"),
]
Embedding = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=MOST,
        metavar="N",
        help="Width of the embedding of tokens; 0 feeds them one-hot.",
        rich_help_panel="Model",
    ),
]
Batch = Annotated[
    int | None,
    typer.Option(
        min=1, max=MOST, metavar="N", help="Examples per step.", rich_help_panel="Training"
    ),
]
MaxTime = Annotated[
    float | None,
    typer.Option(
        callback=positive,
        metavar="S",
        help="Seconds of timing per comparison.",
        rich_help_panel="Timing",
    ),
]
Precision = Annotated[
    float | None,
    typer.Option(
        parser=share,
        metavar="P",
        help="Stop timing when each ratio is known to ±P of itself; 2% by default.",
        rich_help_panel="Timing",
    ),
]
Processes = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=REPEATS,
        metavar="N",
        help="Time each row in N fresh processes; from 3 on there are verdicts.",
        rich_help_panel="Timing",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        callback=positive,
        metavar="S",
        help="End a worker that is silent for so long.",
        rich_help_panel="Timing",
    ),
]
MemoryLimit = Annotated[
    int | None,
    typer.Option(
        parser=size,
        metavar="SIZE",
        help="Memory of each worker, as [b]4GiB[/b] (Linux); a row that needs more ends as oom.",
        rich_help_panel="Where",
    ),
]
