"""Series: the Mackey-Glass equation, two that statsmodels ships, and columns of a CSV file."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from rnnbench import UsageError
from rnnbench_tasks.files import texts
from rnnbench_tasks.files.examples import needs
from rnnbench_tasks.wording import many

SeriesName = Literal["mackey-glass", "sunspots", "co2"]

#: Points of the Mackey-Glass series, those before it that are left out, and steps between two.
POINTS, TRANSIENT, STEPS = 3000, 500, 10
#: Its delay: above 16.8 the series is chaotic.
DELAY = 17


class Series(NamedTuple):
    """N values of several columns.

    Attributes:
        name: in a word.
        columns: what each column is called; the first is forecast.
        values: ``(N, C)``.
        season: after so many values the series comes round, or 0.
        sha256: of what was read; of what was made, of the numbers.
        remarks: what was done to it.
    """

    name: str
    columns: tuple[str, ...]
    values: np.ndarray
    season: int
    sha256: str
    remarks: tuple[str, ...] = ()


def mackey_glass() -> Series:
    """Return the series x' = 0.2 x(t-17) / (1 + x(t-17)^10) - 0.1 x, at whole t.

    Mackey & Glass, "Oscillation and chaos in physiological control systems", Science 197, 1977. By
    Runge and Kutta's method of order 4 with ten steps to a unit of time, the delayed value halfway
    between two steps taken as their mean; x = 1.2 before the beginning.
    """
    delay = DELAY * STEPS
    x = np.full((POINTS + TRANSIENT) * STEPS + delay, 1.2)
    h = 1 / STEPS

    def slope(now: float, then: float) -> float:
        return 0.2 * then / (1 + then**10) - 0.1 * now

    for k in range(delay, len(x) - 1):
        now, then, next_then = float(x[k]), float(x[k - delay]), float(x[k - delay + 1])
        half = (then + next_then) / 2
        a = slope(now, then)
        b = slope(now + h / 2 * a, half)
        c = slope(now + h / 2 * b, half)
        d = slope(now + h * c, next_then)
        x[k + 1] = now + h / 6 * (a + 2 * b + 2 * c + d)
    values = np.round(x[delay + TRANSIENT * STEPS :: STEPS], 12)[:, None]
    return Series("mackey-glass", ("x",), values, 0, hashlib.sha256(values.tobytes()).hexdigest())


def shipped(name: Literal["sunspots", "co2"]) -> Series:
    """Return a series of statsmodels: sunspots by year, or carbon dioxide on Mauna Loa by week.

    Weeks without a value, 59 of 2,284, are filled on the line between their neighbours.

    Raises:
        UsageError: if statsmodels is not installed.
    """
    try:
        from statsmodels.datasets import co2, sunspots
    except ImportError as error:
        raise needs("statsmodels", "statsmodels", "forecasting", "forecasting") from error
    source = sunspots if name == "sunspots" else co2
    column = "SUNACTIVITY" if name == "sunspots" else "co2"
    read = source.load_pandas().data[column].to_numpy(np.float64)
    gaps, places = np.isnan(read), np.arange(len(read))
    values = np.where(gaps, np.interp(places, places[~gaps], read[~gaps]), read)[:, None]
    told = f"co2: {int(gaps.sum())} of {len(read)} weeks have no value: filled from both sides"
    digest = hashlib.sha256(values.tobytes()).hexdigest()
    season = 11 if name == "sunspots" else 52
    return Series(name, (column.lower(),), values, season, digest, (told,) if gaps.any() else ())


def of_csv(path: str, columns: str | None, time: str | None) -> Series:
    """Return columns of a CSV file whose first line names them.

    Args:
        path: of the file.
        columns: names with commas between them, the first of which is forecast; None for all.
        time: the name of a column of times, numbers or ISO dates, which must increase.

    Raises:
        UsageError: naming the file, the line and what is wrong there.
    """
    file = texts.single(path, "forecasting.path")
    read = texts.read(file)
    names, rows = _table(file, read.content)
    if time is not None:
        _check_times(file, rows, _place(file, names, time, "forecasting.time"))
    wanted = [name.strip() for name in columns.split(",")] if columns else _all(file, names, time)
    places = [_place(file, names, name, "forecasting.columns") for name in wanted]
    if doubled := next((name for name in wanted if wanted.count(name) > 1), None):
        raise UsageError(f"forecasting.columns: {file}: the column {doubled!r} is there twice")
    values = [[_number(file, line, row[k], names[k]) for k in places] for line, row in rows]
    digest = hashlib.sha256(read.content.encode()).hexdigest()
    return Series(file.name, tuple(wanted), np.array(values), 0, digest, read.remarks)


def _told(row: Sequence[str]) -> bool:
    """Return whether a line holds more than white space."""
    return len(row) > 1 or any(cell.strip() for cell in row)


def _table(file: Path, content: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the names of the columns, and each further line that is not blank, by number."""
    reader = csv.reader((line + "\n" for line in content.split("\n")), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if _told(row)]
    except csv.Error as error:
        raise UsageError(f"{file}, line {reader.line_num}: it is no CSV: {error}") from error
    if len(rows) < 2:
        raise UsageError(f"{file} needs a line with the names of its columns, and values below it")
    (_, names), *rest = rows
    if len(names) == 1 and (mark := next((one for one in ";\t" if one in names[0]), None)):
        raise UsageError(f"{file}, line 1: its columns stand apart by {mark!r}: write commas")
    for line, row in rest:
        if len(row) != len(names):
            raise UsageError(
                f"{file}, line {line}: {many(len(row), 'values')} under "
                f"{many(len(names), 'names')} of columns"
            )
    if all(_is_number(name) for name in names):
        raise UsageError(f"{file}, line 1: there must be the names of the columns")
    return names, rest


def _all(file: Path, names: Sequence[str], time: str | None) -> list[str]:
    if not (others := [name for name in names if name != time]):
        raise UsageError(f"{file} has no column beside that of times, {time!r}")
    return others


def _place(file: Path, names: Sequence[str], name: str, option: str) -> int:
    if name not in names:
        raise UsageError(f"{option}: {file} has no column {name!r}; it has {', '.join(names)}")
    if names.count(name) > 1:
        raise UsageError(f"{option}: {file} has more than one column {name!r}: rename the others")
    return list(names).index(name)


def _number(file: Path, line: int, cell: str, name: str) -> float:
    if not cell:
        raise UsageError(
            f"{file}, line {line}: column {name!r} has no value: fill it, or leave the line out"
        )
    if not _is_number(cell):
        raise UsageError(
            f"{file}, line {line}: column {name!r} holds {cell[:40]!r}, which is no finite number; "
            "name the columns to read with --set forecasting.columns=A,B and a column of times "
            "with --set forecasting.time=NAME"
        )
    return float(cell)


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell)) and "_" not in cell
    except ValueError:
        return False


def _check_times(file: Path, rows: list[tuple[int, list[str]]], place: int) -> None:
    before: float | None = None
    kinds = {True: "a number", False: "a date"}
    numbers = _is_number(rows[0][1][place])
    for line, row in rows:
        now = _time(file, line, row[place])
        if (is_number := _is_number(row[place])) != numbers:
            raise UsageError(
                f"{file}, line {line}: the time {row[place]!r} is {kinds[is_number]}, and those "
                f"before are {kinds[numbers][2:]}s"
            )
        if before is not None and now <= before:
            raise UsageError(
                f"{file}, line {line}: the time {row[place]!r} is not after that of the line "
                "before: sort the lines, and leave out doubled ones"
            )
        before = now


def _time(file: Path, line: int, cell: str) -> float:
    if _is_number(cell):
        return float(cell)
    try:
        stamp = datetime.fromisoformat(cell)
        offset = stamp.utcoffset() or timedelta()
        return (stamp.replace(tzinfo=None) - datetime.min - offset).total_seconds()
    except ValueError:
        raise UsageError(
            f"{file}, line {line}: the time {cell[:40]!r} is neither a number nor a date such as "
            "2024-05-31 or 2024-05-31T12:00"
        ) from None
