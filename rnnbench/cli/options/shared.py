"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rnnbench.cli.options import completion
from rnnbench.cli.options.values import folder, share

Out = Annotated[Path, typer.Option("--out", parser=folder, metavar="DIR", help="Where runs lie.")]
Run = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN",
        help="A run in DIR by its name, the beginning of it or its id, or a path; "
        "[b]latest[/b] by default.",
        autocompletion=completion.run,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name", metavar="NAME", help="Name the run, to be shown, resumed and compared by."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "-p", metavar="MODULE", help="Load a plugin by its module; [b]no:NAME[/b] keeps one out."
    ),
]
Delta = Annotated[
    float | None,
    typer.Option(
        parser=share, metavar="P", help="Rows that differ by less are the same; 2% by default."
    ),
]
ScoreDelta = Annotated[
    float | None,
    typer.Option(
        "--score-delta",
        parser=share,
        metavar="P",
        help="Scores that differ by less than P of what was learnt are the same; 2% by default.",
    ),
]
NoWait = Annotated[
    bool,
    typer.Option("--no-wait", help="End at once where another rnnbench measures on this machine."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress, only messages and what was found.")
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Exit code 5 where the machine was too disturbed, or a ratio is not as precise as "
        "asked.",
    ),
]
Filter = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="KEY=VALUES",
        help="Rows that have one of these alone, as cell=lstm,gru or status=ok; of several keys "
        "all must hold.",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(metavar="KEYS", help="The columns, by the names of --json, as ratio,kernel."),
]
Sort = Annotated[
    str | None,
    typer.Option(
        metavar="KEY", help="Order by a column, row, machine or run, with a - before it downwards."
    ),
]
