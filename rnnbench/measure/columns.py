"""One field of many samples as an array."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from rnnbench.schema.sample import Sample


def column(samples: Sequence[Sample], field: str) -> np.ndarray:
    """Return a field of samples, NaN where it is not known, shape (samples,)."""
    values = map(attrgetter(field), samples)
    try:
        return np.fromiter(values, float, len(samples))
    except TypeError:  # there is a None, which takes a slower way
        return np.array([getattr(sample, field) for sample in samples], float)
