"""``rnnbench plot``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from rnnbench.cli.options.plotting import KindOption, Picture, Prompt, ThemeOption
from rnnbench.cli.options.shared import Debug, Out, Plugins, Run
from rnnbench.errors import UsageError

#: How an SVG, a PNG or a page begins.
BEGINNING = re.compile(rb"<svg|\x89PNG|<!doctype html>")
#: The files that are drawn, by the end of their name.
FORMS: dict[str, Literal["svg", "png", "html"]] = {".svg": "svg", ".png": "png", ".html": "html"}


def plot(
    run: Run = None,
    kind: KindOption = None,
    output: Picture = None,
    theme: ThemeOption = None,
    prompt: Prompt = None,
    plugins: Plugins = None,
    out: Out = Path("results"),
    debug: Debug = False,
) -> None:
    """Draw a run.

    [b]time[/b] is that of a training step, [b]learning[/b] the training loss over the steps,
    [b]score[/b] what was learnt against the time that it took, [b]peak[/b] the share of the best
    matrix product, [b]memory[/b] what a process needs and what a row adds, [b]scaling[/b] how
    costs grow in a scaling run, [b]latency[/b] that of steps given one at a time,
    [b]gradient-flow[/b] how gradients vanish and explode,
    [b]attention[/b] what a net of seq2seq reads at each step that it writes.

    [b]rnnbench plot[/b]

    [b]rnnbench plot before-upgrade --kind learning --output curves.html[/b]

    [b]rnnbench plot flow.json --kind gradient-flow[/b]

    [b]rnnbench plot NET.safetensors --prompt "3 may 1998"[/b]
    """
    from rnnbench.cli.arguments.pictured import drawn_of
    from rnnbench.report.output_files import write
    from rnnbench.report.pictures import drawing
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain

    drawing.need_library()
    name, kind, panels, heading = drawn_of(run, out, kind, prompt, plugins or [])
    path = output or Path(f"{name}-{kind}.svg")
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"--output {path}: its name ends in .svg, .png or .html")
    if form == "html":
        if theme:
            raise UsageError("--theme is for .svg and .png: a page is as light as its reader's")
        from rnnbench.site import single_page

        data = single_page.of_panels(panels, heading)
    else:
        data = drawing.draw(panels, heading, form, theme or "light")
    write(path, data, "picture", BEGINNING.match)
    if output is None:
        say(plain(f"drawn: {path}"))
