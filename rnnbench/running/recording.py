"""Records made of what workers have answered."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from rnnbench.running.timing.rounds import TimedProcess
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.peak_rate import Gemmed
from rnnbench.schema.messages.timing import Finished
from rnnbench.schema.messages.training import Trained
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import ProcessTiming, RowTiming
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.schema.step_product import ProductShape
from rnnbench.schema.types import LARGEST
from rnnbench.system import machine


def failed_row(row: Row, failure: Failed) -> RowTiming:
    """Return the record of a row that could not be timed."""
    return RowTiming(
        row=row,
        status=failure.status,
        reason=failure.reason,
        parity_error=failure.parity_error,
    )


def timed_row(
    row: Row, processes: list[TimedProcess], ends: list[Finished], steady_from: int | None
) -> RowTiming:
    """Return the record of a row that was timed.

    Args:
        row: backend and variant.
        processes: those that were timed.
        ends: what each of them left behind.
        steady_from: the round from which on it is steady, None if it still drifts.
    """
    prepared = processes[0].prepared
    worst = max((one.checked for one in processes), key=lambda checked: checked.parity_error or 0.0)
    audited = max((one.audited for one in processes if one.audited), default=None)
    return RowTiming(
        row=row,
        status="ok" if steady_from is not None else "unsteady",
        reason=None if steady_from is not None else "its time per step still drifts",
        params=prepared.params,
        flops=prepared.flops,
        forward_flops=prepared.forward_flops,
        parity_error=worst.parity_error,
        parity_tensor=worst.parity_tensor,
        audit_error=audited.error if audited else None,
        audit_tensor=audited.tensor if audited else None,
        audit_followed=all(one.followed for one in processes),
        kernel=prepared.kernel,
        steady_from=steady_from or 0,
        processes=[timed_process(one, end) for one, end in zip(processes, ends, strict=True)],
        data_hash=prepared.data_hash,
        step_products=prepared.step_products,
    )


def timed_process(process: TimedProcess, end: Finished) -> ProcessTiming:
    """Return the record of one process of a row."""
    turns = process.turns
    return ProcessTiming(
        first_step_s=process.prepared.first_step_s,
        first_forward_s=process.prepared.first_forward_s,
        check_s=process.checked.seconds,
        peak_memory=end.peak_memory,
        added_memory=end.added_memory,
        traces=end.traces,
        steps=[turn.steps for turn in turns],
        forwards=[turn.forwards for turn in turns],
        first_steps=[turn.first_step for turn in turns],
        first_forwards=[turn.first_forward for turn in turns],
    )


#: Why a training has failed that came to its end.
UNSAVED = "trained, but its weights can't be saved"


class SavedAs(NamedTuple):
    """The file of weights in the folder of a run, and its SHA-256."""

    name: str
    sha256: str


def training(
    planned: Planned,
    row: Row,
    seed: int,
    reply: Trained | Failed,
    saved: SavedAs | Failed | None = None,
) -> Training:
    """Return the record of a training, finished now.

    Args:
        planned: the comparison.
        row: backend and variant.
        seed: of the initial weights and the data.
        reply: what became of it.
        saved: where its weights are, or why they could not be saved: then it has failed, and what
            it has learnt is told all the same; None where nobody wanted them.
    """
    key, now = planned.comparison.key, machine.now()
    if isinstance(reply, Failed):
        return Training(
            finished=now, key=key, row=row, seed=seed, status=reply.status, reason=reply.reason
        )
    return Training(
        finished=now,
        key=key,
        row=row,
        seed=seed,
        status=saved.status if isinstance(saved, Failed) else "ok",
        reason=f"{UNSAVED}: {saved.reason}" if isinstance(saved, Failed) else None,
        curve=reply.curve,
        score=reply.score,
        seconds=reply.seconds,
        data_hash=reply.data_hash,
        groups=reply.groups,
        grouped_by=reply.grouped_by,
        best=reply.best,
        stopped=reply.stopped,
        scores=reply.scores,
        weights=saved.name if isinstance(saved, SavedAs) else None,
        weights_hash=saved.sha256 if isinstance(saved, SavedAs) else None,
    )


def peak(
    backend: str,
    device: str,
    dtype: str,
    reply: Gemmed | Failed,
    shape: ProductShape | None = None,
) -> Peak:
    """Return the record of a backend's matrix product at this moment.

    Args:
        backend: what multiplied.
        device: where.
        dtype: the type of the matrices.
        reply: what its worker says.
        shape: of the matrices, None for the square ones that it multiplies best.
    """
    none = Peak(backend=backend, device=device, dtype=dtype, gflops=None, shape=shape)
    if isinstance(reply, Failed):
        return replace(none, reason=reply.reason)
    found = replace(none, size=0 if shape else reply.size, samples=reply.samples)
    rate = found.operations / min(sample.seconds for sample in reply.samples) / 1e9
    if not 1e-6 <= rate <= LARGEST:
        return replace(found, samples=[], reason=f"{rate:.2g} GFLOP/s can't be")
    return replace(found, gflops=rate)
