"""The table model: one block per comparison, every cell already text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rnnbench.analysis.table import name
from rnnbench.report.numbers import (
    Row,
    compiled,
    digits,
    known,
    measured,
    percent,
    spread,
    threads,
    where,
)
from rnnbench.report.tables import Block, Column
from rnnbench.text import plain

if TYPE_CHECKING:
    import pandas as pd

    from rnnbench.schema.records import AnyRecord


def heading(records: Sequence[AnyRecord]) -> str:
    """Return with what, when and where a run was measured, in one line."""
    from rnnbench.results.queries import opened_of, run_of

    run = run_of(records)
    opened = {row.place: (row, reply) for row, reply in opened_of(records).items()}
    versions = [
        f"{place} {reply.versions[row.backend]}"
        for place, (row, reply) in opened.items()
        if row.backend in reply.versions
    ]
    place = f"{run.machine.cpu}, {run.machine.cpus} CPUs, {run.machine.system}"
    when = f"{run.started[:16].replace('T', ' ')} UTC"
    parts = (f"rnnbench {run.rnnbench}", ", ".join(versions), place, when)
    return plain(" · ".join(filter(None, parts)))


def blocks(table: pd.DataFrame, base: str = "fastest") -> list[Block]:
    """Return the blocks of a frame of rows, in the order they were measured.

    Args:
        table: see :func:`rnnbench.analysis.table.frame`.
        base: what its ratios are taken to.
    """
    groups = table.groupby("comparison", sort=False)
    return [block(group.to_dict(orient="records"), base) for _, group in groups]


def block(rows: Sequence[Row], base: str = "fastest") -> Block:
    """Return the block of one comparison, its rows the fastest first."""
    first = rows[0]
    ordered = sorted(rows, key=lambda row: (not known(row["ratio"]), row["ratio"]))
    shown = columns(rows, base)
    return Block(
        title=f"{first['task']} · {first['cell']}",
        setting=f"{first['sizes']} · {where(first['device'], first['threads'], first['dtype'])}",
        header=[column for column, _ in shown],
        rows=[[text(row) for _, text in shown] for row in ordered],
        notes=[*failures(ordered), *remarks(ordered)],
    )


def columns(rows: Sequence[Row], base: str) -> list[tuple[Column, Callable[[Row], str]]]:
    """Return the columns of a block, each with what turns a row into its text.

    Verdicts and scores are there where a row has one.
    """
    first = rows[0]
    shown: list[tuple[Column, Callable[[Row], str]]] = [
        (Column("", ""), name),
        (Column("train step", "ms"), step),
        (Column(f"of {base}", "×"), ratio),
    ]
    if any(known(row["verdict"]) for row in rows):
        shown.append((Column("verdict", ""), lambda r: r["verdict"] if known(r["verdict"]) else ""))
    shown += [
        (Column("forward", "ms"), lambda r: digits(r["forward_ms"], 2)),
        (Column("compile", "s"), lambda r: compiled(r["compile_s"])),
        (Column("memory", "MiB"), lambda r: digits(r["peak_memory_mib"], 3)),
        (Column("of peak", "%"), lambda r: percent(r["of_peak"])),
    ]
    if any(known(row["score"]) for row in rows):
        arrow = "↑" if first["score_higher_is_better"] else "↓"
        loss, score = (f"naive {digits(first[f'naive_{what}'], 3)}" for what in ("loss", "score"))
        shown += [
            (Column("loss", loss), lambda r: digits(r["loss"], 3)),
            (Column(f"{first['score_name']} {arrow}", score), scored),
        ]
    return shown


def ratio(row: Row) -> str:
    """Return the ratio to the base, which itself has none."""
    return "1" if row["ratio"] == 1 else measured(row, "ratio", math.inf)


def step(row: Row) -> str:
    """Return the time of a training step, or how the row ended."""
    if not known(row["train_step_ms"]):
        return str(row["status"])
    return measured(row, "train_step_ms", math.inf)


def failures(rows: Sequence[Row]) -> list[str]:
    """Return a line for each row that is not ok, or was not finished."""
    return [f"{name(row)} {row['status']}: {row['reason']}" for row in rows if known(row["reason"])]


def remarks(rows: Sequence[Row]) -> list[str]:
    """Return how far the timing of a comparison can be trusted."""
    timed = [row for row in rows if known(row["rounds"])]
    if not timed:
        return []
    found = [precise(timed), disturbed(timed), *origin(rows)]
    for row in timed:
        if known(row["traces"]) and row["traces"]:
            found.append(f"{name(row)} compiled {row['traces']:.0f} times while it was timed")
        if known(row["threads_used"]) and row["threads_used"] != row["threads"]:
            found.append(f"{name(row)} computes with {threads(int(row['threads_used']))}")
    if len({bool(row["denormals_flushed"]) for row in timed}) > 1:
        kept = [name(row) for row in timed if not row["denormals_flushed"]]
        found.append(f"denormals are not flushed to zero by {', '.join(kept)}")
    if known(timed[0]["gpu_strangers"]) and timed[0]["gpu_strangers"]:
        found.append(f"others used the GPU: {timed[0]['gpu_strangers']:.0f} processes")
    return found


def origin(rows: Sequence[Row]) -> list[str]:
    """Return that a comparison was broken off, and what of it is from an earlier run."""
    found = (
        [] if rows[0]["complete"] else ["interrupted; it is timed again when the run is resumed"]
    )
    runs = sorted({row["reused"] for row in rows if known(row["reused"])})
    return found + [f"measured in an earlier run: {', '.join(runs)}"] * bool(runs)


def precise(rows: Sequence[Row]) -> str:
    """Return which rows are not as precise as was asked, and whether that holds elsewhere.

    What counts is a row's ratio; of a row alone it is its time.
    """
    others = [row for row in rows if row["ratio"] != 1] or list(rows)
    found = {name(row): precision(row) for row in others}
    asked = rows[0]["precision_asked"]
    short = [f"{row} {spread(share)}" for row, share in found.items() if not share <= asked]
    processes = int(rows[0]["processes"])
    of = f"of {processes} processes per row" if processes > 2 else "within these processes"
    if short:
        return f"timing: not within ±{100 * asked:.2g} %: {', '.join(short)}; {of}"
    return f"timing: within ±{100 * asked:.2g} %, {of}"


def precision(row: Row) -> float:
    """Return half the relative width of the interval that a row is judged by, NaN without one."""
    what = "train_step_ms" if row["ratio"] == 1 else "ratio"
    if not known(row[f"{what}_low"]):
        return math.nan
    return float((row[f"{what}_high"] - row[f"{what}_low"]) / 2 / row[what])


def disturbed(rows: Sequence[Row]) -> str:
    """Return how many blocks were set aside."""
    aside = sum(row["rounds"] - row["clean"] for row in rows)
    return f"{aside:.0f} of {sum(row['rounds'] for row in rows):.0f} blocks disturbed by others"


def scored(row: Row) -> str:
    """Return the score: a mean with its interval, or the exact one of a single seed."""
    return measured(row, "score") if known(row["score_low"]) else digits(row["score"], 3)
