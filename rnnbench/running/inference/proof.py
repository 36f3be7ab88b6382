"""Proof of streams: one step at a time must give what the oracle makes of the whole sequence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnbench.contracts.inference.streaming import sequence
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.audit import block
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.parity import TOLERANCE, error
from rnnbench.running.inference.streamed_process import StreamedProcess
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.types import LARGEST
from rnnbench.system.threads import one_blas_thread

#: How many times as far from the oracle as its own rounding a row may be, where that is more than
#: the tolerance: a net may make much of little, step after step.
ROUNDING = 10.0


@dataclass(frozen=True)
class AuditedStream:
    """A round that is held against the oracle: its number, its draw, and that of the entries."""

    number: int
    draw: int
    entries: int


class Whole(NamedTuple):
    """Entries of the outputs of a whole sequence, and how far rounding takes them."""

    outputs: list[float]
    rounding: float


def whole(model: Model, steps: int, comparison: Comparison, found: AuditedStream) -> Whole:
    """Return what the oracle computes of a whole sequence of so many steps."""
    exact, rough = (
        outputs_of(model, steps, comparison.batch, found, comparison.dtype, at)
        for at in ("float64", comparison.dtype)
    )
    return Whole(exact.tolist(), error(rough, exact))


def compare(one: StreamedProcess, number: int, right: Whole, dtype: str) -> None:
    """Hold what a process has told of a round against what it should be."""
    said = [np.nan if value is None else value for value in one.told[number].outputs]
    off = error(np.array(said), np.array(right.outputs))
    judge(one, number, off, max(TOLERANCE[dtype], ROUNDING * right.rounding))


def outputs_of(
    model: Model, steps: int, batch: int, found: AuditedStream, dtype: str, at: str
) -> np.ndarray:
    """Return entries of the outputs of a whole sequence, computed at once by the oracle.

    Args:
        model: answers at each step.
        steps: of the sequence.
        batch: examples.
        found: draws weights, state and inputs, and the entries.
        dtype: that of the rows, to which the start is rounded.
        at: that in which the oracle computes.
    """
    backend = NumpyBackend("cpu", at)
    with one_blas_thread():
        start = block.drawn_start(model, batch, found.draw, dtype)
        program = backend.program(model, start.params, "autograd", Optimizer())
        inputs = sequence(model.spec.problem, steps, batch, found.draw)
        state = backend.put(start.state)
        outputs, _ = program.forward(state, backend.put(Batch(inputs, None)))
    return block.entries("outputs", backend.numpy(outputs), found.entries)


def judge(one: StreamedProcess, number: int, off: float, allowed: float) -> None:
    """Note a difference from the oracle; a process that is too far away has failed.

    So has one of a net that gives no finite numbers: there is nothing to hold it against.
    """
    one.error = max(min(off, LARGEST), one.error or 0.0)
    if not math.isfinite(off):
        told = "its outputs, or the oracle's, are no finite numbers"
    elif off > allowed:
        told = f"the outputs differ from the oracle's by {off:.1e}, allowed {allowed:.0e}"
    else:
        return
    reason = f"one step at a time is not the whole: in round {number} {told}"
    one.failure = Failed("mismatch", reason, min(off, LARGEST))
