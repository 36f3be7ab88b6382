"""The table model: what every format draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


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
