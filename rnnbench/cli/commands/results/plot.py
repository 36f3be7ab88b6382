"""``rnnbench plot``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.cli.options.shared import Debug, Out, Run
from rnnbench.errors import UsageError

#: How an SVG or a PNG begins.
BEGINNING = re.compile(rb"<svg|\x89PNG")
#: The files that are drawn, by the end of their name.
FORMS: dict[str, Literal["svg", "png"]] = {".svg": "svg", ".png": "png"}


def plot(
    run: Run = None,
    kind: Annotated[
        Literal["time", "learning", "score", "peak", "memory", "scaling"] | None,
        typer.Option(help="What it shows; time by default, scaling of a scaling run."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Its name ends in .svg or .png; RUN-KIND.svg by default."
        ),
    ] = None,
    theme: Annotated[
        Literal["light", "dark"], typer.Option(help="The paper that it is for.")
    ] = "light",
    out: Out = Path("results"),
    debug: Debug = False,
) -> None:
    """Draw a run.

    [b]time[/b] is that of a training step, [b]learning[/b] the training loss over the steps,
    [b]score[/b] what was learnt against the time that it took, [b]peak[/b] the share of the best
    matrix product, [b]memory[/b] what a process needs and what a row adds, [b]scaling[/b] how
    costs grow in a scaling run.

    [b]rnnbench plot[/b]

    [b]rnnbench plot before-upgrade --kind learning --output curves.png[/b]
    """
    from rnnbench.cli.output import write
    from rnnbench.cli.printing import records_of
    from rnnbench.cli.runs import file_of
    from rnnbench.report import made
    from rnnbench.report.pictures import drawing, kinds
    from rnnbench.results.queries import plan_of
    from rnnbench.system.streams import say
    from rnnbench.text import plain

    drawing.need_library()
    file = file_of(run, out)
    records = records_of(file)
    kind = kind or ("scaling" if plan_of(records).scale else "time")
    path = output or Path(f"{file.parent.name}-{kind}.svg")
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"--output {path}: its name ends in .svg or .png")
    panels = kinds.panels(kind, records)
    if not panels:
        raise UsageError(f"--kind {kind}: {kinds.LACKING[kind]}: {file}")
    heading = [kinds.TITLES[kind], made.heading(records)]
    write(path, drawing.draw(panels, heading, form, theme), "picture", BEGINNING.match)
    if output is None:
        say(plain(f"drawn: {path}"))
