"""The form in which measured gradient flow is written and read: one JSON object.

A heat map of a cell is drawn from ``radius`` (one line per flow) and ``norm`` (one colour per
distance), both in the order of the file::

    {"rnnbench": "gradient-flow", "schema": 1,
     "versions": {"rnnbench": "0.1.0", "numpy": "2.4.6"}, "command": ["rnnbench", ...],
     "setting": {"length": 100, "hidden": 64, "inputs": 16, "batch": 8, "scale": 0.1, ...},
     "flows": [
       {"cell": "elman", "options": {}, "radius": 0.5, "bound": 0.5,
        "norm": [1.0, 0.497, ...], "norm_low": [...], "norm_high": [...],
        "parts": {"h": [1.0, 0.497, ...]},
        "rate": {"value": 0.497, "low": 0.496, "high": 0.498},
        "half_distance": 0.99, "doubling_distance": null, "verdict": "vanishes",
        "gradient": {"value": 1.4, "low": 1.3, "high": 1.5}, "clipped_by": 0.71, "at_rest": 0.5},
       ...]}

A number that is beyond float64 is null.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Literal

import msgspec

from rnnbench.errors import UsageError
from rnnbench.measure.estimates import Estimate
from rnnbench.plugins.entry_points import version_of
from rnnbench.schema.types import Options
from rnnbench.schema.words import find_fault
from rnnbench.system.io.files import read_file

#: The number of this form; a file with a larger one is not read.
SCHEMA = 1
#: The largest file that is read, in bytes.
LARGEST = 64 << 20

#: What becomes of a gradient over the whole length: less than half of it arrives, more than twice,
#: or something between; ``uncertain`` where the seeds leave open which.
FlowVerdict = Literal["vanishes", "explodes", "stays", "uncertain"]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What all flows of a file share.

    Attributes:
        length: time steps T, and the largest distance.
        hidden: units H.
        inputs: features I of each step.
        batch: examples.
        scale: the standard deviation of the inputs, which are normal.
        seeds: how often weights, inputs and loss are drawn.
        clip: the norm that the gradient of the parameters is clipped to.
    """

    length: int = 100
    hidden: int = 64
    inputs: int = 16
    batch: int = 8
    scale: float = 0.1
    seeds: int = 5
    clip: float = 1.0


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """How the gradient of one cell flows back through time, over all seeds.

    Attributes:
        cell: its name.
        options: those of the cell that are set.
        radius: the spectral radius that each recurrent matrix was scaled to; None where the cell
            has none.
        bound: the largest rate there can be, the norm of the recurrent matrix times max|φ'|; None
            where the cell is no h' = φ(x W_x + h W_h + b), as Elman's and the IndRNN are.
        norm: ‖∂loss/∂state‖ at each distance from the last step, beginning with 0: geometric means.
        norm_low: the lower ends of their intervals; ``norm_high`` has the upper ones.
        parts: the same for each part of the state by its name: ``h``, ``c``.
        rate: the factor per step, the slope of ln ‖∂loss/∂state‖; None where none could be told.
        half_distance: steps in which it halves, None where it grows.
        doubling_distance: steps in which it doubles, None where it shrinks.
        verdict: what that comes to over the whole length.
        gradient: the norm of the gradient by all parameters.
        clipped_by: what clipping multiplies this gradient by, all distances alike.
    """

    cell: str
    options: Options
    radius: float | None
    bound: float | None
    norm: list[float | None]
    norm_low: list[float | None]
    norm_high: list[float | None]
    parts: dict[str, list[float | None]]
    rate: Estimate | None
    half_distance: float | None
    doubling_distance: float | None
    verdict: FlowVerdict
    gradient: Estimate | None
    clipped_by: float | None
    at_rest: float | None = None


class GradientFlow(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="rnnbench", tag="gradient-flow"
):
    """All flows that were measured by one command.

    Attributes:
        schema: the number of this form.
        versions: of what computed them.
        command: the command line.
        setting: what they share.
        flows: by cell, then by radius.
    """

    schema: int = SCHEMA
    versions: dict[str, str] = {}
    command: list[str] = []
    setting: Setting
    flows: list[Flow]


def encode(found: GradientFlow) -> bytes:
    """Return the file of what was measured: one line."""
    return msgspec.json.encode(found) + b"\n"


def is_flow(begins: bytes) -> bool:
    """Return whether a file that begins so is one of these."""
    return begins.startswith(b'{"rnnbench":"gradient-flow"')


def read(path: Path) -> GradientFlow:
    """Read a file that ``rnnbench gradient-flow --output`` has written.

    Raises:
        UsageError: if it can't be read, or is none.
    """
    try:
        found = json.loads(read_file(path, LARGEST))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: this is no file of rnnbench gradient-flow") from None
    if not isinstance(found, dict) or found.get("rnnbench") != "gradient-flow":
        raise UsageError(f"{path}: this is no file of rnnbench gradient-flow")
    if found.get("schema", SCHEMA) != SCHEMA:
        raise UsageError(f"{path}: its schema is {found['schema']!r}; this version reads {SCHEMA}")
    if fault := find_fault(found, GradientFlow):
        raise UsageError(f"{path} is damaged: {fault.located}; write it again")
    flows = msgspec.convert(found, GradientFlow)
    if contradiction := contradiction_in(flows):
        raise UsageError(f"{path} is damaged: {contradiction}; write it again")
    return flows


def contradiction_in(found: GradientFlow) -> str | None:
    """Return what can't be true of flows, None if all can."""
    distances = found.setting.length + 1
    if not found.flows:
        return "it has no flows"
    for flow in found.flows:
        for norms in (flow.norm, flow.norm_low, flow.norm_high, *flow.parts.values()):
            if len(norms) != distances:
                return f"{flow.cell} has {len(norms)} norms at {distances} distances"
            if any(norm is not None and not 0 <= norm < math.inf for norm in norms):
                return f"a norm of {flow.cell} is below 0"
    return None


def versions() -> dict[str, str]:
    """Return the versions of what computes it here."""
    names = ("rnnbench", "numpy", "autograd")
    return {name: version_of(name) or "unknown" for name in names}
