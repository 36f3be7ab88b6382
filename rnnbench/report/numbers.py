"""Figures as text, with the digits that their intervals can defend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rnnbench.text import many

#: The largest share of a figure that is written as ±.
WIDE = 0.25
#: A row of a frame, as an object.
Row = Mapping[Any, Any]


def spread(share: float) -> str:
    """Return ``±3 %``, or that there is no interval."""
    return f"±{100 * share:.2g} %" if known(share) else "unknown"


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
