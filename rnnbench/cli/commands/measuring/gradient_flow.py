"""``rnnbench gradient-flow``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Meta

from rnnbench.api.options.values import check_text, split
from rnnbench.cli.options import completion
from rnnbench.cli.options.selection import Assignments
from rnnbench.cli.options.shared import Debug, Json, Plugins
from rnnbench.cli.options.values import assigned, number
from rnnbench.errors import UsageError
from rnnbench.schema.types import MOST_REPEATS, Above0, NotNegative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rnnbench.introspection.flow import Flow, Setting
    from rnnbench.plugins.registry import Registry
    from rnnbench.schema.types import Options

#: Sizes that a loop in Python can take; an interval needs some seeds.
Few = Annotated[int, Meta(ge=1, le=10_000)]
Seeds = Annotated[int, Meta(ge=3, le=MOST_REPEATS)]
CellNames = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="The cells; [b]all[/b] is every one.",
        autocompletion=completion.names("cells"),
    ),
]
Radii = Annotated[
    str,
    typer.Option(
        metavar="RANGE",
        help="Spectral radii of the recurrent matrices, as [b]0.5:1.5[/b], "
        "[b]0.5:1.5:0.1[/b] or [b]0.9,1,1.1[/b].",
    ),
]
Length = Annotated[int, typer.Option(parser=number(Few), metavar="N", help="Time steps back.")]
Units = Annotated[int, typer.Option(parser=number(Few), metavar="N", help="Units.")]
Examples = Annotated[int, typer.Option(parser=number(Few), metavar="N", help="Examples.")]
InputScale = Annotated[
    float,
    typer.Option(
        "--input-scale",
        parser=number(NotNegative),
        metavar="X",
        help="Standard deviation of the 16 inputs; large ones saturate the units.",
    ),
]
Draws = Annotated[
    int, typer.Option(parser=number(Seeds), metavar="N", help="How often all is drawn anew.")
]
Clip = Annotated[
    float,
    typer.Option(parser=number(Above0), metavar="X", help="The norm to clip to, for its column."),
]
Output = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write all that was measured as JSON, to be drawn."),
]
#: Seconds that a cell may take at one radius.
LONGEST = 600.0
#: The largest radius, and how many of them there may be.
LARGEST_RADIUS, MOST_RADII = 100.0, 1000


def radii(text: str) -> list[float]:
    """Parse ``0.5:1.5``, in steps of 0.25, ``0.5:1.5:0.1``, or some radii as ``0.9,1,1.1``.

    Raises:
        UsageError: for anything else, and for a radius out of range.
    """
    try:
        if ":" in text:
            first, last, step = (*map(float, text.split(":")), 0.25)[:3]
            count = int((last - first) / step + 1e-9) + 1 if step > 0 else 0
            found = [round(first + k * step, 10) for k in range(min(count, MOST_RADII + 1))]
        else:
            found = [float(one) for one in text.split(",")]
    except ValueError:
        found = []
    return checked(text, found)


def checked(text: str, found: list[float]) -> list[float]:
    """Return radii; UsageError where there is none, one too many, or one out of range."""
    if not found:
        raise UsageError(f"--radius {text}: it is FIRST:LAST, FIRST:LAST:STEP or a list: 0.9,1,1.1")
    if len(found) > MOST_RADII or not all(0 < one <= LARGEST_RADIUS for one in found):
        raise UsageError(
            f"--radius {text}: radii are above 0, {LARGEST_RADIUS:g} at most, and {MOST_RADII} "
            "of them at most"
        )
    return list(dict.fromkeys(found))


def gradient_flow(
    cells: CellNames = "elman,lstm,gru",
    radius: Radii = "0.5:1.5",
    length: Length = 100,
    hidden: Units = 64,
    batch: Examples = 8,
    scale: InputScale = 0.1,
    seeds: Draws = 5,
    clip: Clip = 1.0,
    assignments: Assignments = None,
    plugins: Plugins = None,
    output: Output = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure how gradients vanish and explode on their way back through time.

    The norm of the gradient of a loss at the last step, by the state 0, 1, 2 ... steps before it,
    of each cell as it begins, its recurrent matrices scaled to a spectral radius. It is computed in
    float64 by the oracle, NumPy, which every backend is held to.

    [b]rnnbench gradient-flow[/b]

    [b]rnnbench gradient-flow --cells lstm --set lstm.forget_bias=3 --length 500[/b]

    [b]rnnbench gradient-flow --radius 0.5:1.5:0.05 --output flow.json[/b]
    """
    from rnnbench.introspection import flow
    from rnnbench.plan.options import typed
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.formats import terminal
    from rnnbench.report.lists import gradient_flow as report
    from rnnbench.report.output_files import write

    check_text("--set", assignments or [])
    registry = Registry.of(plugins or [])
    options = typed(split(assigned(assignments or [])), registry)
    setting = flow.Setting(
        length=length, hidden=hidden, batch=batch, scale=scale, seeds=seeds, clip=clip
    )
    flows = list(
        measured(chosen(cells, options, registry), radii(radius), options, setting, registry)
    )
    found = flow.GradientFlow(
        versions=flow.versions(), command=["rnnbench", *sys.argv[1:]], setting=setting, flows=flows
    )
    if output is not None:
        write(output, flow.encode(found), "gradient flow", flow.is_flow)
    if as_json:
        print(flow.encode(found).decode(), end="")
    else:
        terminal.show(report.heading(found), report.tables(found))


def chosen(text: str, options: dict[str, Options], registry: Registry) -> list[str]:
    """Return the names of the cells; UsageError for an option of something else."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    found = list(registry.cells if "all" in names else dict.fromkeys(names))
    if not found:
        raise UsageError("--cells: it is empty; name a cell, as elman")
    for name in options:
        if name not in found:
            raise UsageError(f"--set {name}: {name!r} is none of the cells {', '.join(found)}")
    return found


def measured(
    cells: list[str],
    radii: list[float],
    options: dict[str, Options],
    setting: Setting,
    registry: Registry,
) -> Iterator[Flow]:
    """Measure cell by cell, and tell on stderr which."""
    from rnnbench.contracts.values import guarded
    from rnnbench.introspection.flow import Flow
    from rnnbench.introspection.gradient_flow import measure, radii_of
    from rnnbench.oracle.probe import probe
    from rnnbench.plan.comparisons.build import configured
    from rnnbench.report.progress.spinner import waiting
    from rnnbench.system.guarding import computed

    made = {name: configured("cell", name, registry, options.get(name, {})) for name in cells}
    for name, cell in made.items():
        origin = registry.provenance("cell", name)
        step = partial(probe, cell, origin)
        who = f"cell {name!r} of {origin}"
        computed(partial(guarded, who, "one step of it", step), type(None), LONGEST)
    with waiting("gradients") as tell:
        for name, cell in made.items():
            for radius in radii_of(cell, radii):
                tell(f"gradients of {name}" + (f", radius {radius:g}" if radius else ""))
                origin = registry.provenance("cell", name)
                own = options.get(name, {})
                yield computed(partial(measure, cell, own, radius, setting, origin), Flow, LONGEST)
