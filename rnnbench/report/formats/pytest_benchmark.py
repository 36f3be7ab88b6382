"""A run in the file format of pytest-benchmark, which its ``compare`` reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from rnnbench.analysis import row_times
from rnnbench.analysis.row_objects import objects
from rnnbench.analysis.row_times import Blocks, MeasuredRows
from rnnbench.analysis.run_results import row_results
from rnnbench.errors import UsageError
from rnnbench.report.numbers import threads
from rnnbench.results.queries import opened_of, run_of, shown_timings
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.timing import RowTiming
from rnnbench.schema.status import MEASURED
from rnnbench.text import plain

#: The version of pytest-benchmark whose format this is.
VERSION = "5.3.1"


class Kind(NamedTuple):
    """One of the two calls that a row is timed at.

    Attributes:
        name: of the benchmark.
        blocks: which blocks of a process are its own.
        extra: columns of a row that tell of it alone.
    """

    name: str
    blocks: row_times.Kind
    extra: tuple[str, ...]


KINDS = (
    Kind(
        "train-step",
        row_times.training_steps,
        (
            *("train_step_ms", "train_step_ms_low", "train_step_ms_high"),
            *("ratio", "ratio_low", "ratio_high", "verdict", "precision"),
        ),
    ),
    Kind(
        "forward",
        row_times.forward_passes,
        ("forward_ms", "forward_ms_low", "forward_ms_high"),
    ),
)
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
#: All columns that are taken.
COLUMNS = frozenset((*PARAMS, *EXTRA, *(name for kind in KINDS for name in kind.extra)))


class Export(NamedTuple):
    """A file to write, and how many rows have no figures and so are not in it."""

    content: dict[str, Any]
    left_out: int


def export(records: Sequence[AnyRecord]) -> Export:
    """Return the rows that were measured, two benchmarks each: a training step, a forward pass.

    Raises:
        UsageError: if no row was measured.
    """
    run, timed = run_of(records), shown_timings(records)
    opened = {row: without_controls(reply.versions) for row, reply in opened_of(records).items()}
    measured = MeasuredRows(timed)
    figures = zip(*(clean_stats(measured.blocks(kind.blocks)) for kind in KINDS), strict=True)
    found: list[dict[str, Any]] = []
    left_out = 0
    results = iter(objects(row_results(records), COLUMNS))
    for timing in timed:
        for row in timing.rows:
            values = next(results)
            own = next(figures) if row.status in MEASURED else ()
            made = [(kind, stats) for kind, stats in zip(KINDS, own, strict=False) if stats]
            if made:
                safe = plain_texts(values) | {"versions": opened.get(row.row, {})}
                found += [benchmark(kind, timing.key, row, safe, stats) for kind, stats in made]
            left_out += not made
    if not found:
        raise UsageError(f"the run of {run.started} has no row with figures to export")
    content = {
        "machine_info": without_controls(machine_info(run)),
        "commit_info": without_controls(commit_info(run)),
        "benchmarks": found,
        "datetime": plain(run.started),
        "version": VERSION,
    }
    return Export(content, left_out)


def without_controls(value: Any) -> Any:
    """Return an object with all its texts plain: pytest-benchmark prints them as they are."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(name): without_controls(each) for name, each in value.items()}
    return [without_controls(each) for each in value] if isinstance(value, list) else value


def plain_texts(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of columns with all their texts plain."""
    return {name: plain(v) if isinstance(v, str) else v for name, v in values.items()}


def benchmark(
    kind: Kind, key: str, row: RowTiming, values: dict[str, Any], stats: dict[str, Any]
) -> dict[str, Any]:
    """Return one benchmark.

    Args:
        kind: of which kind.
        key: of the comparison it belongs to.
        row: the row.
        values: its columns, and the versions of its libraries, as plain text.
        stats: its figures.
    """
    what, name = f"{values['task']} {values['cell']}", plain(str(row.row))
    place = f"{values['sizes']}, {values['device']}, {threads(values['threads'])}"
    title = f"{values['task']}/{values['cell']}/{name}/{kind.name}"
    blocks = chain.from_iterable(map(kind.blocks, row.processes))
    calls = sorted(map(attrgetter("calls"), blocks))
    return {
        # A table shows factors within a group, so a forward pass must not meet a step there.
        "group": f"{what}, {place}, {values['dtype']}: {kind.name}",
        "name": title,
        "fullname": f"{title}[{plain(key)}]",
        "params": {column: values[column] for column in PARAMS},
        "param": name,
        "extra_info": {column: values[column] for column in (*EXTRA, *kind.extra, "versions")},
        "options": {},
        # Processes may differ in the calls of a block, so it is a typical number.
        "stats": stats | {"iterations": calls[len(calls) // 2]},
    }


def clean_stats(blocks: Blocks) -> list[dict[str, Any] | None]:
    """Return the figures of each row over the blocks that count, None where these are too few.

    What reads them ranks them, so they need as many as an interval does.
    """
    times = blocks.clean.joined(blocks.processes).known()
    effects = blocks.effects
    found: list[dict[str, Any] | None] = [None] * len(times.sizes)
    for which, places in times.by_size():
        for row, figures in zip(which, stats(np.exp(times.values[places])), strict=True):
            effect = effects[row]
            found[row] = figures if effect and effect.has_interval else None
    return found


def stats(seconds: np.ndarray) -> Iterator[dict[str, Any]]:
    """Yield the figures of pytest-benchmark's tables.

    Args:
        seconds: per call, of shape (rows, blocks).
    """
    count = seconds.shape[1]
    # Its quartiles are Hazen's.
    q1, median, q3 = np.quantile(seconds, [0.25, 0.5, 0.75], axis=1, method="hazen")
    mean = np.mean(seconds, axis=1)
    stddev = np.std(seconds, axis=1, ddof=1) if count > 1 else np.zeros(len(seconds))
    low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
    below, above = seconds < low[:, None], seconds > high[:, None]
    far = (np.abs(seconds - mean[:, None]) > stddev[:, None]).sum(axis=1)
    outside = (below | above).sum(axis=1)
    columns = {
        "min": seconds.min(axis=1),
        "max": seconds.max(axis=1),
        "mean": mean,
        "stddev": stddev,
        "rounds": np.full(len(seconds), count),
        "median": median,
        "iqr": q3 - q1,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": outside,
        "stddev_outliers": far,
        "outliers": np.array([f"{a};{b}" for a, b in zip(far, outside, strict=True)]),
        "ld15iqr": np.where(below, np.inf, seconds).min(axis=1),
        "hd15iqr": np.where(above, -np.inf, seconds).max(axis=1),
        "ops": 1 / mean,
        "total": seconds.sum(axis=1),
        "data": seconds,
    }
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        yield dict(zip(columns, row, strict=True))


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
