"""The rows of a run as a pandas DataFrame: timing and training joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from rnnbench import stats
from rnnbench.errors import FAILURES
from rnnbench.plan import Planned
from rnnbench.results import AnyRecord, RowTiming, Run, Timing, Training, Worker

#: The columns of a row, in order. docs/results.md says what each of them means.
COLUMNS = (
    *("comparison", "task", "cell", "sizes", "backend", "variant", "device", "dtype", "threads"),
    *("status", "reason", "seeds", "params", "train_step_ms", "train_step_ms_low"),
    *("train_step_ms_high", "forward_ms", "forward_ms_low", "forward_ms_high", "ratio"),
    *("ratio_low", "ratio_high", "compile_s", "first_step_s", "steps_per_s", "peak_memory_mib"),
    *("parity_error", "kernel", "rounds", "precision", "denormals_flushed", "loss", "score"),
    *("score_low", "score_high", "score_name", "score_higher_is_better", "naive_score"),
    *("naive_loss", "data_hash"),
)


def frame(records: Sequence[AnyRecord]) -> pd.DataFrame:
    """Return one line per row that has been timed, in the order they were measured.

    Args:
        records: of one run, its :class:`~rnnbench.results.Run` first.

    Returns:
        The columns :data:`COLUMNS`; what is not known is None or NaN.
    """
    plan = next(record.plan for record in records if isinstance(record, Run))
    planned = {p.comparison.key: p for p in plan.comparisons}
    workers = {str(r.row): r for r in records if isinstance(r, Worker)}
    trainings = [r for r in records if isinstance(r, Training)]
    rows = [
        specification(planned[record.key])
        | timing(record, row)
        | training(
            [t for t in trainings if (t.key, t.row) == (record.key, row.row)],
            row,
            len(plan.seeds) if record.comparison.steps else 0,
        )
        | conditions(workers.get(str(row.row)))
        for record in records
        if isinstance(record, Timing)
        for row in record.rows
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def specification(planned: Planned) -> dict[str, Any]:
    """Return what a comparison is."""
    comparison = planned.comparison
    return {
        "comparison": comparison.key,
        "task": comparison.task,
        "cell": comparison.cell,
        "sizes": planned.sizes,
        "device": comparison.device,
        "dtype": comparison.dtype,
        "threads": comparison.threads,
        "score_name": planned.score_name,
        "score_higher_is_better": planned.higher_is_better,
        "naive_score": planned.naive_score,
        "naive_loss": planned.naive_loss,
        "data_hash": planned.data_hash,
    }


def timing(record: Timing, row: RowTiming) -> dict[str, Any]:
    """Return the figures of a timed row, in the table's units."""
    memory = row.peak_memory
    return {
        "backend": row.row.backend,
        "variant": row.row.variant,
        "params": row.params,
        "compile_s": row.compile_s,
        "first_step_s": row.first_step_s,
        "steps_per_s": 1 / row.step_s.value if row.step_s else None,
        "peak_memory_mib": memory / 2**20 if memory is not None else None,
        "parity_error": row.parity_error,
        "kernel": row.kernel,
        "rounds": len(row.steps),
        "precision": record.precision,
        **interval("train_step_ms", row.step_s, 1e3),
        **interval("forward_ms", row.forward_s, 1e3),
        **interval("ratio", row.ratio, 1.0),
    }


def training(records: Sequence[Training], row: RowTiming, seeds: int) -> dict[str, Any]:
    """Return the end of a row and what it has learnt; a mean is over all ``seeds`` or not given."""
    ended = [(r.status, r.reason) for r in records if r.status in FAILURES]
    status, reason = ended[0] if row.status == "ok" and ended else (row.status, row.reason)
    done = [r for r in records if r.status == "ok"]
    if status == "ok" and len(done) < seeds:
        reason = f"trained with {len(done)} of {seeds} seeds"
    complete = bool(done) and len(done) == seeds
    scores = [r.score for r in done if r.score is not None]
    return {
        "status": status,
        "reason": reason,
        "seeds": len(done),
        "loss": stats.mean([r.curve[-1][1] for r in done]).value if complete else None,
        **interval("score", stats.mean(scores) if complete else None, 1.0),
    }


def conditions(worker: Worker | None) -> dict[str, Any]:
    """Return what held in the process of a row."""
    return {"denormals_flushed": worker.opened.denormals_flushed if worker else None}


def interval(name: str, estimate: stats.Estimate | None, unit: float) -> dict[str, float | None]:
    """Return the three columns of an estimate, multiplied by ``unit``."""
    ends = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
    names = (name, f"{name}_low", f"{name}_high")
    return {n: end * unit if end is not None else None for n, end in zip(names, ends, strict=True)}


def objects(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain objects, None where a value is not known."""
    known = table.astype(object).where(table.notna(), None)
    rows: Iterable[Any] = known.to_dict(orient="records")
    return list(rows)
