"""``rnnbench plot``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rnnbench.cli.options.shared import Debug, Out, Run
from rnnbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rnnbench.report.pictures.kinds import KindName
    from rnnbench.report.pictures.panel import Panel

Theme = Literal["light", "dark"]
#: How an SVG, a PNG or a page begins.
BEGINNING = re.compile(rb"<svg|\x89PNG|<!doctype html>")
#: Bytes of a file by which it is known what it is.
BEGINS = 100
#: The files that are drawn, by the end of their name.
FORMS: dict[str, Literal["svg", "png", "html"]] = {".svg": "svg", ".png": "png", ".html": "html"}


def plot(
    run: Run = None,
    kind: Annotated[
        Literal[
            "time",
            "learning",
            "score",
            "to-target",
            "over-length",
            "peak",
            "memory",
            "scaling",
            "gradient-flow",
        ]
        | None,
        typer.Option(
            help="What it shows; time by default, scaling of a scaling run, gradient-flow of a "
            "file of [b]gradient-flow[/b]."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Its name ends in .svg, .png or .html (a page that needs nothing else); "
            "RUN-KIND.svg by default.",
        ),
    ] = None,
    theme: Annotated[
        Theme | None,
        typer.Option(
            help="The paper that it is for, light by default; a page has that of its reader."
        ),
    ] = None,
    out: Out = Path("results"),
    debug: Debug = False,
) -> None:
    """Draw a run.

    [b]time[/b] is that of a training step, [b]learning[/b] the training loss over the steps,
    [b]score[/b] what was learnt against the time that it took, [b]peak[/b] the share of the best
    matrix product, [b]memory[/b] what a process needs and what a row adds, [b]scaling[/b] how
    costs grow in a scaling run, [b]gradient-flow[/b] how gradients vanish and explode.

    [b]rnnbench plot[/b]

    [b]rnnbench plot before-upgrade --kind learning --output curves.html[/b]

    [b]rnnbench plot flow.json --kind gradient-flow[/b]
    """
    from rnnbench.cli.output.files import write
    from rnnbench.report.pictures import drawing
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain

    drawing.need_library()
    flow = flow_file(run, kind)
    name, kind, panels, heading = flow_of(flow) if flow else run_of(run, out, kind)
    path = output or Path(f"{name}-{kind}.svg")
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"--output {path}: its name ends in .svg, .png or .html")
    if form == "html":
        if theme:
            raise UsageError("--theme is for .svg and .png: a page is as light as its reader's")
        from rnnbench.site import single

        data = single.of_panels(panels, heading)
    else:
        data = drawing.draw(panels, heading, form, theme or "light")
    write(path, data, "picture", BEGINNING.match)
    if output is None:
        say(plain(f"drawn: {path}"))


#: What a picture is called after, its kind, what is drawn and the lines above it.
Drawn = tuple[str, "KindName", "Sequence[Panel]", "list[str]"]


def run_of(run: str | None, out: Path, kind: KindName | None) -> Drawn:
    """Return what is drawn of a run."""
    from rnnbench.cli.arguments.runs import file_of
    from rnnbench.cli.output.printing import records_of
    from rnnbench.report import made
    from rnnbench.report.pictures import kinds
    from rnnbench.results.queries import plan_of

    file = file_of(run, out)
    records = records_of(file)
    kind = kind or ("scaling" if plan_of(records).scale else "time")
    panels = kinds.panels(kind, records)
    if not panels:
        raise UsageError(f"--kind {kind}: {kinds.LACKING[kind]}: {file}")
    return file.parent.name, kind, panels, [kinds.TITLES[kind], made.heading(records)]


def flow_file(run: str | None, kind: KindName | None) -> Path | None:
    """Return the file of gradient-flow that is to be drawn, as it is asked for or says itself."""
    if run is None or kind not in (None, "gradient-flow"):
        return None
    from rnnbench.inside.flow import is_flow

    path = Path(run)
    try:
        if not path.is_file():  # a name of a run, or a pipe, of which one reads but once
            return None
        with path.open("rb") as file:
            return path if kind or is_flow(file.read(BEGINS)) else None
    except (OSError, ValueError):
        return None


def flow_of(file: Path) -> Drawn:
    """Return what is drawn of a file of gradient-flow."""
    from rnnbench.inside.flow import read
    from rnnbench.report.lists import gradient_flow
    from rnnbench.report.pictures import gradients, kinds

    found = read(file)
    heading = [kinds.TITLES["gradient-flow"], gradient_flow.heading(found)]
    return file.stem, "gradient-flow", gradients.heat_maps(found), heading
