"""The table model: one block per comparison, every cell already text."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from rnnbench.plain import plain

if TYPE_CHECKING:
    import pandas as pd

    from rnnbench.records import AnyRecord


#: The largest share of a figure that is written as ±.
WIDE = 0.25
#: A row of a frame, as an object.
Row = Mapping[Any, Any]


class Column(NamedTuple):
    """The heading of a column: what it shows, and its unit or what to hold it against."""

    name: str
    unit: str


@dataclass(frozen=True)
class Block:
    """One comparison as it is shown.

    Attributes:
        title: task and cell.
        setting: sizes, device, threads and dtype.
        header: one entry per column.
        rows: one entry per column each.
        notes: what stands below: why rows failed, how precise the timing is.
    """

    title: str
    setting: str
    header: Sequence[Column]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default_factory=list)


def heading(records: Sequence[AnyRecord]) -> str:
    """Return with what, when and where a run was measured, in one line."""
    from rnnbench.records import opened_of, run_of

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
        table: see :func:`rnnbench.frame.frame`.
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


def name(row: Row) -> str:
    """Return ``backend:variant``, or ``backend@environment:variant``."""
    environment = f"@{row['environment']}" if known(row["environment"]) else ""
    return f"{row['backend']}{environment}:{row['variant']}"


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


def spread(share: float) -> str:
    """Return ``±3 %``, or that there is no interval."""
    return f"±{100 * share:.2g} %" if known(share) else "unknown"


def disturbed(rows: Sequence[Row]) -> str:
    """Return how many blocks were set aside."""
    aside = sum(row["rounds"] - row["clean"] for row in rows)
    return f"{aside:.0f} of {sum(row['rounds'] for row in rows):.0f} blocks disturbed by others"


def measured(row: Row, name: str, wide: float = WIDE) -> str:
    """Return ``value ±half`` with the digits that the interval can defend, ``~value`` without one.

    One wider than a quarter may be far from symmetric: it is written ``value [low, high]``.
    """
    value, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    if not known(low) or not known(high):
        return f"~{digits(value, 2)}" if known(value) else digits(value, 2)
    half = max(high - value, value - low)
    if half > wide * value:
        return f"{digits(value, 2)} [{digits(low, 2)}, {digits(high, 2)}]"
    places = decimals(half, value)
    return f"{value:.{places}f} ±{half:.{places}f}"


def compiled(seconds: float | None) -> str:
    """Return the compile time, a difference of two figures that says nothing below 10 ms."""
    return "<0.01" if known(seconds) and seconds < 0.01 else digits(seconds, 2)  # type: ignore[operator]


def percent(share: float | None) -> str:
    """Return a share in per cent with two digits."""
    return digits(100 * share if known(share) else None, 2)  # type: ignore[operator]


def scored(row: Row) -> str:
    """Return the score: a mean with its interval, or the exact one of a single seed."""
    return measured(row, "score") if known(row["score_low"]) else digits(row["score"], 3)


def decimals(half_width: float, value: float) -> int:
    """Return how many decimals show the first uncertain digit, four digits of the value at most."""
    if half_width <= 0:
        return max(0, 3 - magnitude(value))
    return max(0, min(-magnitude(half_width), 3 - magnitude(value)))


def digits(value: float | None, significant: int) -> str:
    """Return a figure with so many significant digits, none in exponential form; – if unknown."""
    if not known(value):
        return "–"
    assert value is not None
    rounded = float(f"{value:.{significant - 1}e}")  # 9.996 has the magnitude of 10.0
    return f"{rounded:.{max(0, significant - 1 - magnitude(rounded))}f}"


def magnitude(value: float) -> int:
    """Return the power of ten of the first digit, 0 for zero and not below -6."""
    return max(-6, math.floor(math.log10(abs(value)))) if value else 0


def known(value: object) -> bool:
    """Return whether a value of a frame is there."""
    return value is not None and value == value  # NaN is not itself


def where(device: str, count: int, dtype: str) -> str:
    """Return where a comparison was run: ``cpu, 2 threads, float32``."""
    return f"{device}, {threads(count)}, {dtype}"


def threads(count: int) -> str:
    """Return ``1 thread``, ``2 threads``."""
    return many(count, "thread")


def many(count: int, what: str) -> str:
    """Return ``1 line``, ``2 lines``."""
    return f"{count} {what}{'s' if count != 1 else ''}"
