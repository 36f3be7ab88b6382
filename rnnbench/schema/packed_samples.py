"""Timed blocks as columns of numbers, which take a tenth of what as many samples do."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, pairwise
from operator import attrgetter

import msgspec

from rnnbench.schema.sample import Sample

#: What figures are computed from, of the fields of a sample.
FIELDS = {
    name: attrgetter(name)
    for name in ("calls", "wall_ns", "delay_ns", "steal_ns", "others_ns", "threads", "faults")
}
#: A column of many blocks by the name of its field, NaN where something is not known.
Columns = Mapping[str, "array[float]"]


class PackedSamples(msgspec.Struct, frozen=True, gc=False):
    """The blocks of one process: those from ``start`` to ``stop`` of some that share columns."""

    columns: Columns
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


#: The blocks of a process.
Samples = Sequence[Sample] | PackedSamples


def packed(processes: Sequence[Sequence[Sample]]) -> list[PackedSamples]:
    """Return the blocks of some processes in columns that they share."""
    samples = list(chain.from_iterable(processes))
    columns = {name: _column(list(map(of, samples))) for name, of in FIELDS.items()}
    ends = list(accumulate(map(len, processes), initial=0))
    return [PackedSamples(columns, *own) for own in pairwise(ends)]


def _column(values: list[float | None]) -> array[float]:
    try:
        return array("d", values)  # type: ignore[arg-type]
    except TypeError:  # one is not known, and mostly none is, as the system does not count it
        if values.count(None) == len(values):
            return array("d", [math.nan]) * len(values)
        return array("d", [math.nan if value is None else value for value in values])
