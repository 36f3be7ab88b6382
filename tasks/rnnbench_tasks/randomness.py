"""Where the random numbers of tasks come from.

A seed has numbered streams; the core draws weights from stream 0 and the input of the parity
check from stream 1.
"""

from __future__ import annotations

import numpy as np

TRAINING, TESTING, VALIDATION = 2, 3, 4


def training_rng(seed: int) -> np.random.Generator:
    """Return the generator of the training data of ``seed`` (not negative)."""
    return np.random.default_rng([seed, TRAINING])


def testing_rng() -> np.random.Generator:
    """Return the generator of held-out data: one for all seeds, and equal to none of theirs."""
    return np.random.default_rng([0, TESTING])


def validation_rng() -> np.random.Generator:
    """Return the generator of validation data, likewise."""
    return np.random.default_rng([0, VALIDATION])
