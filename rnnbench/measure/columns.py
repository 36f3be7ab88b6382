"""Fields of many samples as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter

import numpy as np

from rnnbench.schema.sample import Sample


def columns(samples: Sequence[Sample], *fields: str) -> list[np.ndarray]:
    """Return fields of samples, two or more, NaN where one is not known; each shape (samples,).

    All of them in one pass: samples are many, and lie scattered in memory.
    """
    figures = chain.from_iterable(map(attrgetter(*fields), samples))
    try:
        table = np.fromiter(figures, float, len(samples) * len(fields))
    except TypeError:  # one is None, which takes a slower way
        return [column(samples, field) for field in fields]
    return list(np.ascontiguousarray(table.reshape(-1, len(fields)).T))


def column(samples: Sequence[Sample], field: str) -> np.ndarray:
    """Return one field that may not be known of all samples."""
    values = list(map(attrgetter(field), samples))
    if values.count(None) == len(values):  # as of what the system does not count
        return np.full(len(values), np.nan)
    return np.array(values, float)
