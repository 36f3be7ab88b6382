"""Tables of how gradients flow: one per cell, a line per spectral radius."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from rnnbench.introspection.flow import Flow, GradientFlow, Setting
from rnnbench.report.numbers import digits, quantity
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.schema.words import written
from rnnbench.text import many

#: Shares of the length at which the gradient is shown.
PLACES = (0.1, 0.5, 1.0)
NOTES = (
    "The gradient is that of a random direction in the last output, by the state so many steps "
    "before; it begins with the norm 1.",
    "rate: the factor per step, with the interval over the seeds. expected: of elman and indrnn "
    "the bound that no rate exceeds, the norm of W_h times the largest slope of φ; else the rate "
    "near their first state, the spectral radius of the Jacobian there.",
    "clipping multiplies the gradient of all parameters by one number: what is far away stays as "
    "small beside what is near.",
)


def heading(found: GradientFlow) -> str:
    """Return with what it was computed."""
    versions = " · ".join(f"{name} {version}" for name, version in found.versions.items())
    return f"gradient flow · {versions} · float64"


def tables(found: GradientFlow) -> list[Table]:
    """Return the table of each cell, and what its columns mean below the last."""
    each = groupby(found.flows, key=lambda one: (one.cell, one.options))
    drawn = [table(list(flows), found.setting) for _, flows in each]
    return [*drawn[:-1], *(replace(last, notes=NOTES) for last in drawn[-1:])]


def table(flows: Sequence[Flow], setting: Setting) -> Table:
    """Return the table of one cell: a line for each radius."""
    distances = sorted({max(1, round(share * setting.length)) for share in PLACES})
    columns = [
        Column("radius", "radius", kind="figure"),
        Column("expected", "expected", "per step", "figure"),
        Column("rate", "rate", "per step", "estimate"),
        *(Column(f"norm_{k}", many(k, "step"), group="gradient at") for k in distances),
        Column("verdict", "what becomes of it"),
        Column("gradient", "of all parameters", group="gradient"),
        Column("clipped_by", f"clipped to {setting.clip:g}"),
    ]
    lines = [line(flow, distances) for flow in flows]
    return Table(name_of(flows[0]), setting_in_words(setting), columns, lines)


def name_of(flow: Flow) -> str:
    """Return the cell with its options: ``lstm (forget_bias 3)``."""
    options = ", ".join(f"{name} {written(value)}" for name, value in flow.options.items())
    return f"{flow.cell} ({options})" if options else flow.cell


def setting_in_words(setting: Setting) -> str:
    """Return the sizes: ``100 steps, batch 8, 16 → 64, inputs ±0.1, 5 seeds``."""
    return (
        f"{many(setting.length, 'step')}, batch {setting.batch}, "
        f"{setting.inputs}→{setting.hidden}, inputs ±{setting.scale:g}, "
        f"{many(setting.seeds, 'seed')}"
    )


def line(flow: Flow, distances: Sequence[int]) -> list[Cell]:
    """Return a line of the table."""
    gradient = flow.gradient.value if flow.gradient else None
    return [
        Quantity(flow.radius, digits=3),
        Quantity(expected(flow), digits=3),
        quantity(flow.rate, "estimate"),
        *(power(flow.norm[k]) for k in distances),
        in_words(flow),
        power(gradient),
        None if flow.clipped_by is None else f"× {power(flow.clipped_by)}",
    ]


def expected(flow: Flow) -> float | None:
    """Return the rate that theory gives: a bound where there is one, or that of a cell at rest."""
    return flow.at_rest if flow.bound is None else flow.bound


def power(value: float | None) -> str | None:
    """Return a figure of any size in two digits: ``0.13``, ``460``, ``4.7e-31``."""
    if value is None or 1e-3 <= value < 1e5:
        return None if value is None else digits(value, 2)
    return f"{value:.2g}"


def in_words(flow: Flow) -> str:
    """Return the verdict and in how many steps it halves or doubles."""
    if flow.verdict == "vanishes" and flow.half_distance:
        return f"vanishes: halves every {flow.half_distance:.3g} steps"
    if flow.verdict == "explodes" and flow.doubling_distance:
        return f"explodes: doubles every {flow.doubling_distance:.3g} steps"
    if flow.verdict == "uncertain":
        return "seeds differ" if flow.rate else "not known"
    return flow.verdict
