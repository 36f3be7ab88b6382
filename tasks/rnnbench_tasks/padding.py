"""Where sequences of several lengths are no padding."""

from __future__ import annotations

import numpy as np


def within(lengths: np.ndarray | None, steps: int) -> np.ndarray:
    """Return where ``(T, B)`` sequences of these lengths ``(B,)`` are no padding, in T steps."""
    return np.arange(steps)[:, None] < np.asarray(lengths)
