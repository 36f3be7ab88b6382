"""What is drawn: a run, a file of gradient-flow, or what a trained net attends to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rnnbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rnnbench.report.pictures import KindName
    from rnnbench.report.pictures.panel import Panel

#: Bytes of a file by which it is known what it is.
BEGINS = 100
#: Symbols of a target that are written at most.
LONGEST = 200
#: What a picture is called after, its kind, what is drawn and the lines above it.
Drawn = tuple[str, "KindName", "Sequence[Panel]", "list[str]"]


def drawn_of(
    name: str | None, out: Path, kind: KindName | None, prompt: str | None, plugins: Sequence[str]
) -> Drawn:
    """Return what is drawn.

    Args:
        name: of a run or a file; the newest run by default.
        out: the folder of runs.
        kind: what it shows, None for the usual.
        prompt: what a net reads.
        plugins: the values of ``-p``.

    Raises:
        UsageError: if there is none, or nothing to draw of it.
    """
    from rnnbench.weights.file import SUFFIX

    if kind == "attention" or (kind is None and name is not None and name.endswith(SUFFIX)):
        return attention_of(name, out, prompt, plugins)
    if prompt is not None:
        raise UsageError("--prompt is for --kind attention: it is what a net reads")
    if plugins:
        raise UsageError("-p is for --kind attention: nothing else is computed")
    flow = flow_file(name, kind)
    return flow_of(flow) if flow else run_of(name, out, kind)


def attention_of(name: str | None, out: Path, prompt: str | None, plugins: Sequence[str]) -> Drawn:
    """Return what is drawn of a trained net."""
    from rnnbench.cli.arguments.nets import net_of
    from rnnbench.introspection.attention import attend
    from rnnbench.plan.beginning import model_of
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.pictures import kinds
    from rnnbench.report.pictures.maps import attention
    from rnnbench.running.inference.text_generation import check_text

    if prompt is None:
        raise UsageError('--kind attention needs what the net reads: --prompt "TEXT"')
    weights = net_of(name, out)
    tokens = check_text(weights.header, prompt)
    found = attend(model_of(weights, Registry.of(plugins)), tokens, LONGEST)
    where = "above what it reads, beside what it writes; computed in float64"
    heading = [kinds.TITLES["attention"], where]
    return weights.path.stem, "attention", [attention.map_of(found, weights.header)], heading


def run_of(run: str | None, out: Path, kind: KindName | None) -> Drawn:
    """Return what is drawn of a run."""
    from rnnbench.api.measured_run import Run
    from rnnbench.cli.arguments.runs import file_of
    from rnnbench.cli.output.printing import records_of

    file = file_of(run, out)
    found = Run(records_of(file), file)
    drawn = found.plot(kind)
    return found.name, drawn.kind, drawn.panels, drawn.heading


def flow_file(run: str | None, kind: KindName | None) -> Path | None:
    """Return the file of gradient-flow that is to be drawn, as it is asked for or says itself."""
    if run is None or kind not in (None, "gradient-flow"):
        return None
    from rnnbench.introspection.flow import is_flow

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
    from rnnbench.introspection.flow import read
    from rnnbench.report.lists import gradient_flow
    from rnnbench.report.pictures import kinds
    from rnnbench.report.pictures.maps import gradients

    found = read(file)
    heading = [kinds.TITLES["gradient-flow"], gradient_flow.heading(found)]
    return file.stem, "gradient-flow", gradients.heat_maps(found), heading
