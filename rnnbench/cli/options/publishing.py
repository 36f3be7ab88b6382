"""The options of ``rnnbench publish``: which runs, as what, and how tables are written."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from rnnbench.cli.options import completion

Runs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RUN]...",
        help="Runs as [b]show[/b] takes them, or folders of runs; [b]latest[/b] by default.",
        autocompletion=completion.run,
    ),
]
AsFormat = Annotated[
    Literal["markdown", "csv", "json", "latex", "parquet", "html", "site"],
    typer.Option("--format", help="markdown by default."),
]
Output = Annotated[
    str,
    typer.Option(
        metavar="FILE",
        help="An earlier one is written over; - for stdout. Of a site, its folder.",
    ),
]
Pivot = Annotated[
    Literal["cell", "task", "backend", "machine"] | None,
    typer.Option(
        help="One wide table: a row per backend, say, and a column for all else that differs."
    ),
]
Metric = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="What stands in it: train-step (alone by default), ratio, forward, compile, "
        "memory, of-peak, loss, score, steps-to-target, to-target, to-target-compiled; of streams "
        "latency, latency-p99.",
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(metavar="ROW", help="Ratios to this row, as torch:fused; the fastest if not."),
]
Title = Annotated[str | None, typer.Option(metavar="WORDS", help="A heading above everything.")]
Caption = Annotated[
    str | None, typer.Option(metavar="WORDS", help="What the only table is called.")
]
Label = Annotated[str | None, typer.Option(metavar="NAME", help="To refer to a table in LaTeX.")]
Standalone = Annotated[bool, typer.Option("--standalone", help="A whole document of LaTeX.")]
Siunitx = Annotated[
    bool, typer.Option("--siunitx", help="Align figures at their points, in LaTeX.")
]
Interval = Annotated[
    Literal["pm", "range"] | None,
    typer.Option(help="Intervals in LaTeX as 2.6 ± 0.1 (by default) or as 2.60 [2.51, 2.70]."),
]
