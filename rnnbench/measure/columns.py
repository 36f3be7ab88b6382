"""One field of many samples as an array."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from rnnbench.schema.sample import Sample


def column(samples: Sequence[Sample], field: str) -> np.ndarray:
    """Return a field of samples, NaN where it is not known, shape (samples,)."""
    of = attrgetter(field)
    try:
        return np.fromiter(map(of, samples), float, len(samples))
    except TypeError:  # one is None, which takes a slower way
        values = list(map(of, samples))
    if values.count(None) == len(values):  # as of what the system does not count
        return np.full(len(values), np.nan)
    return np.array(values, float)
