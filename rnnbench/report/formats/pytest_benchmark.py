"""A run in the file format of pytest-benchmark, which its ``compare`` reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnnbench.analysis import row_times
from rnnbench.analysis.table import frame, objects
from rnnbench.errors import UsageError
from rnnbench.measure.ratios import Series
from rnnbench.report.numbers import threads
from rnnbench.results.queries import opened_of, run_of, timings
from rnnbench.schema.records import AnyRecord, ProcessTiming, RowTiming, Run, Timing
from rnnbench.schema.sample import Sample
from rnnbench.schema.status import MEASURED
from rnnbench.text import plain

#: The version of pytest-benchmark whose format this is.
VERSION = "5.3.1"


class Kind(NamedTuple):
    """One of the two calls that a row is timed at.

    Attributes:
        samples: which blocks of a process are its own.
        clean: those of a row that count, as logarithms.
        extra: columns of a frame that tell of it alone.
    """

    samples: Callable[[ProcessTiming], list[Sample]]
    clean: Callable[[RowTiming], Series]
    extra: tuple[str, ...]


KINDS = {
    "train-step": Kind(
        lambda process: process.steps,
        row_times.training,
        (
            *("train_step_ms", "train_step_ms_low", "train_step_ms_high"),
            *("ratio", "ratio_low", "ratio_high", "verdict", "precision"),
        ),
    ),
    "forward": Kind(
        lambda process: process.forwards,
        row_times.forwards,
        ("forward_ms", "forward_ms_low", "forward_ms_high"),
    ),
}
#: Columns that say what is measured: ``compare --group-by param:backend`` groups by them.
PARAMS = (
    *("task", "cell", "sizes", "length", "batch", "hidden", "layers", "backend", "variant"),
    *("environment", "device", "dtype", "threads"),
)
#: Columns that say how, for both kinds.
EXTRA = (
    *("status", "processes", "kernel", "parity_error", "threads_used", "matmul"),
    *("denormals_flushed", "load"),
)


class Export(NamedTuple):
    """A file to write, and how many rows have no figures and so are not in it."""

    content: dict[str, Any]
    left_out: int


def export(records: Sequence[AnyRecord]) -> Export:
    """Return the rows that were measured, two benchmarks each: a training step, a forward pass.

    Raises:
        UsageError: if no row was measured.
    """
    run = run_of(records)
    opened = {row: reply.versions for row, reply in opened_of(records).items()}
    rows = [(timing, row) for timing in timings(records) for row in timing.rows]
    found: list[dict[str, Any]] = []
    left_out = 0
    # A frame has the rows of the timings in their order.
    for (timing, row), values in zip(rows, objects(frame(records)), strict=True):
        own = list(benchmarks(timing, row, values | {"versions": opened.get(row.row, {})}))
        found += own
        left_out += not own
    if not found:
        raise UsageError(f"the run of {run.started} has no row with figures to export")
    content = {
        "machine_info": machine_info(run),
        "commit_info": commit_info(run),
        "benchmarks": found,
        "datetime": run.started,
        "version": VERSION,
    }
    return Export(without_controls(content), left_out)


def without_controls(value: Any) -> Any:
    """Return an object with all its texts plain: pytest-benchmark prints them as they are."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(name): without_controls(each) for name, each in value.items()}
    return [without_controls(each) for each in value] if isinstance(value, list) else value


def benchmarks(timing: Timing, row: RowTiming, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the benchmarks of one row, none for a kind without an undisturbed block.

    Args:
        timing: the comparison it belongs to.
        row: the row.
        values: its line of the frame, with the versions of its libraries.
    """
    if row.status not in MEASURED:
        return
    comparison = timing.comparison
    setting = f"{values['sizes']}, {comparison.device}, {threads(comparison.threads)}"
    for name, kind in KINDS.items():
        clean = np.concatenate(kind.clean(row))
        clean = clean[~np.isnan(clean)]
        if not clean.size:
            continue
        title = f"{comparison.task}/{comparison.cell}/{row.row}/{name}"
        calls = sorted(s.calls for process in row.processes for s in kind.samples(process))
        yield {
            # A table shows factors within a group, so a forward pass must not meet a step there.
            "group": f"{comparison.task} {comparison.cell}, {setting}, {comparison.dtype}: {name}",
            "name": title,
            "fullname": f"{title}[{timing.key}]",
            "params": {column: values[column] for column in PARAMS},
            "param": str(row.row),
            "extra_info": {column: values[column] for column in (*EXTRA, *kind.extra, "versions")},
            "options": {},
            "stats": stats(np.exp(clean), calls[len(calls) // 2]),
        }


def stats(seconds: np.ndarray, calls: int) -> dict[str, Any]:
    """Return the figures of pytest-benchmark's tables.

    Args:
        seconds: per call, one per block.
        calls: in a block; processes may differ in it, so it is a typical one.
    """
    # Its quartiles are Hazen's.
    q1, median, q3 = np.quantile(seconds, [0.25, 0.5, 0.75], method="hazen").tolist()
    mean, low, high = float(np.mean(seconds)), q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
    stddev = float(np.std(seconds, ddof=1)) if len(seconds) > 1 else 0.0
    beyond_stddev = int((np.abs(seconds - mean) > stddev).sum())
    beyond_fences = int(((seconds < low) | (seconds > high)).sum())
    return {
        "min": float(seconds.min()),
        "max": float(seconds.max()),
        "mean": mean,
        "stddev": stddev,
        "rounds": len(seconds),
        "median": median,
        "iqr": q3 - q1,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": beyond_fences,
        "stddev_outliers": beyond_stddev,
        "outliers": f"{beyond_stddev};{beyond_fences}",
        "ld15iqr": float(seconds[seconds >= low].min()),
        "hd15iqr": float(seconds[seconds <= high].max()),
        "ops": 1 / mean,
        "total": float(seconds.sum()),
        "data": seconds.tolist(),
        "iterations": calls,
    }


def machine_info(run: Run) -> dict[str, Any]:
    """Return what is known of the computer, under pytest-benchmark's names."""
    system, _, release = run.machine.system.partition(" ")
    implementation, _, version = run.machine.python.partition(" ")
    return {
        "system": system,
        "release": release,
        "python_implementation": implementation,
        "python_version": version,
        "cpu": {"brand_raw": run.machine.cpu, "count": run.machine.cpus},
        "memory_gib": run.machine.memory_gib,
    }


def commit_info(run: Run) -> dict[str, Any]:
    """Return the commit of rnnbench itself, as far as the run knows it."""
    return {
        "id": run.git.removesuffix("+") if run.git else "unversioned",
        "dirty": bool(run.git and run.git.endswith("+")),
        "time": None,
        "author_time": None,
        "project": f"rnnbench {run.rnnbench}",
        "branch": "(unknown)",
    }
