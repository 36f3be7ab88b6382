"""One field of many samples as an array."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from rnnbench.schema.sample import Sample


def column(samples: Sequence[Sample], field: str) -> np.ndarray:
    """Return a field of samples, NaN where it is not known, shape (samples,)."""
    values = list(map(attrgetter(field), samples))
    unknown = values.count(None)
    if unknown == len(values):  # as of what the system does not count
        return np.full(len(values), np.nan)
    if unknown:  # which takes a slower way
        return np.array(values, float)
    return np.fromiter(values, float, len(values))
