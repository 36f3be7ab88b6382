"""``rnnbench plot``."""

from __future__ import annotations

from pathlib import Path

from rnnbench.cli.options import plotting
from rnnbench.cli.options.plotting import KindOption, Prompt, ThemeOption
from rnnbench.cli.options.shared import Debug, Out, Plugins, Run


def plot(
    run: Run = None,
    kind: KindOption = None,
    output: plotting.Picture = None,
    theme: ThemeOption = None,
    prompt: Prompt = None,
    plugins: Plugins = None,
    out: Out = Path("results"),
    debug: Debug = False,
) -> None:
    """Draw a run.

    [b]time[/b] is that of a training step, [b]learning[/b] the training loss over the steps,
    [b]score[/b] what was learnt against the time that it took, [b]to-target[/b] the score along
    the way to its target, [b]over-length[/b] the score over the length of sequences, [b]peak[/b]
    the share of the best matrix product, [b]memory[/b] what a process needs and what a row adds,
    [b]scaling[/b] how costs grow in a scaling run, [b]latency[/b] that of steps given one at a
    time, [b]gradient-flow[/b] how gradients vanish and explode, [b]attention[/b] what a net of
    seq2seq reads at each step that it writes.

    [b]rnnbench plot[/b]

    [b]rnnbench plot before-upgrade --kind learning --output curves.html[/b]

    [b]rnnbench plot flow.json --kind gradient-flow[/b]

    [b]rnnbench plot NET.safetensors --prompt "3 may 1998"[/b]
    """
    from rnnbench.api.picture import Picture
    from rnnbench.cli.arguments.pictured import drawn_of
    from rnnbench.report.pictures import drawing
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain

    drawing.need_library()
    name, kind, panels, heading = drawn_of(run, out, kind, prompt, plugins or [])
    path = Picture(kind, panels, heading, theme).save(output or f"{name}-{kind}.svg")
    if output is None:
        say(plain(f"drawn: {path}"))
