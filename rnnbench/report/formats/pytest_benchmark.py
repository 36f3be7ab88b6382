"""A run in the file format of pytest-benchmark, which its ``compare`` reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec
import numpy as np

from rnnbench.analysis import row_times
from rnnbench.analysis.read_rows import Asked, Rows
from rnnbench.analysis.row_objects import objects
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.row_times import MeasuredRows
from rnnbench.errors import UsageError
from rnnbench.measure.scores import SCORE_DELTA
from rnnbench.measure.verdicts import DELTA
from rnnbench.report.formats import json
from rnnbench.report.numbers import threads
from rnnbench.results.queries import opened_of, run_of
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.timing import RowTiming
from rnnbench.schema.status import MEASURED
from rnnbench.system.halves import in_halves
from rnnbench.text import plain

#: The version of pytest-benchmark whose format this is.
VERSION = "5.3.1"
#: What stands first in such a file of ours, by which it is known again among those of others.
MADE_BY = "rnnbench"
OURS = re.compile(rb'\s*\{\s*"made_by":\s*"%s"' % MADE_BY.encode())


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


class Figures(msgspec.Struct, array_like=True):
    """The figures of one row.

    Attributes:
        of_kinds: those of each kind of call, as JSON, since they are many; None where there are too
            few blocks of it.
    """

    of_kinds: list[bytes | None]


#: Makes the benchmarks of one row.
Maker = Callable[[], list[dict[str, Any]]]


class Export(NamedTuple):
    """A file to write, and how many rows have no figures and so are not in it.

    Attributes:
        content: of the file, but for its benchmarks.
        benchmarks: make those of one row each.
        left_out: the rows that have none.
    """

    content: dict[str, Any]
    benchmarks: Sequence[Maker]
    left_out: int


def figures(records: Sequence[AnyRecord], measured: MeasuredRows) -> list[Figures]:
    """Return the figures of the rows of a run, in their order."""
    found = zip(*(clean_stats(measured, kind) for kind in KINDS), strict=True)
    return [
        Figures(list(next(found)) if row.status in MEASURED else [None] * len(KINDS))
        for timing in measured.timings
        for row in timing.rows
    ]


#: What is asked of the rows that are exported.
ASKED = Asked(lambda _: None, DELTA, SCORE_DELTA, figures, Figures)


def export(rows: Rows[Figures]) -> Export:
    """Return the rows that were measured, two benchmarks each: a training step, a forward pass.

    Args:
        rows: of a run, and beside them what :func:`figures` returns.

    Raises:
        UsageError: if no row was measured.
    """
    run = run_of(rows.records)
    versions = {
        row: without_controls(reply.versions) for row, reply in opened_of(rows.records).items()
    }
    columns = objects(rows.results, COLUMNS)
    made: list[Maker] = [
        partial(benchmarks, one, values, versions.get(one.row, {}), own.of_kinds)
        for one, values, own in zip(rows.results, columns, rows.beside, strict=True)
        if any(own.of_kinds)
    ]
    if not made:
        raise UsageError(f"the run of {run.started} has no row with figures to export")
    content = {
        "made_by": MADE_BY,
        "machine_info": without_controls(machine_info(run)),
        "commit_info": without_controls(commit_info(run)),
        "benchmarks": [],  # see :func:`texts`
        "datetime": plain(run.started),
        "version": VERSION,
    }
    return Export(content, made, len(rows.results) - len(made))


def texts(found: Export) -> Iterator[str]:
    """Yield an export as JSON in some pieces; a child writes half of many benchmarks."""

    def lines(makers: Sequence[Maker]) -> list[str]:
        return [json.lines_of([one for make in makers for one in make()])]

    parts = in_halves(lines, found.benchmarks, list[str])
    return json.with_list(found.content, "benchmarks", parts)


def is_ours(begins: bytes) -> bool:
    """Return whether a file that begins so is an earlier export."""
    return OURS.match(begins) is not None


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


def benchmarks(
    one: RowResult,
    columns: dict[str, Any],
    versions: dict[str, str],
    stats: Sequence[bytes | None],
) -> list[dict[str, Any]]:
    """Return the benchmarks of a row.

    Args:
        one: the row.
        columns: of it.
        versions: of its libraries, as plain text.
        stats: its figures of each kind, as JSON.
    """
    known = [(kind, own) for kind, own in zip(KINDS, stats, strict=True) if own]
    values = plain_texts(columns) | {"versions": versions}
    name, key = plain(str(one.row)), plain(one.comparison)
    return [benchmark(kind, values, name, key, own) for kind, own in known]


def benchmark(
    kind: Kind, values: dict[str, Any], name: str, key: str, stats: bytes
) -> dict[str, Any]:
    """Return one benchmark.

    Args:
        kind: of which kind.
        values: the columns of its row, and the versions of its libraries, as plain text.
        name: of the row.
        key: of the comparison it belongs to.
        stats: its figures, as JSON.
    """
    what = f"{values['task']} {values['cell']}"
    place = f"{values['sizes']}, {values['device']}, {threads(values['threads'])}"
    title = f"{values['task']}/{values['cell']}/{name}/{kind.name}"
    return {
        # A table shows factors within a group, so a forward pass must not meet a step there.
        "group": f"{what}, {place}, {values['dtype']}: {kind.name}",
        "name": title,
        "fullname": f"{title}[{key}]",
        "params": {column: values[column] for column in PARAMS},
        "param": name,
        "extra_info": {column: values[column] for column in (*EXTRA, *kind.extra, "versions")},
        "options": {},
        "stats": msgspec.Raw(stats),
    }


def clean_stats(measured: MeasuredRows, kind: Kind) -> list[bytes | None]:
    """Return the figures of each row over the blocks that count, None where these are too few.

    What reads them ranks them, so they need as many as an interval does.
    """
    blocks = measured.blocks(kind.blocks)
    times = blocks.clean.joined(blocks.processes).known()
    effects = blocks.effects
    found: list[bytes | None] = [None] * len(times.sizes)
    for which, places in times.by_size():
        for row, own in zip(which, stats(np.exp(times.values[places])), strict=True):
            effect = effects[row]
            if effect and effect.has_interval:
                calls = iterations(measured.rows[row], kind)
                found[row] = msgspec.json.encode(own | {"iterations": calls})
    return found


def iterations(row: RowTiming, kind: Kind) -> int:
    """Return the calls of a block: a typical number, as processes may differ in it."""
    calls = sorted(one.calls for process in row.processes for one in kind.blocks(process))
    return calls[len(calls) // 2]


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
