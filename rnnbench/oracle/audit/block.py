"""What a block of steps starts from, and what it leaves behind.

Both are drawn: the weights and the state by the parent, so that nothing kept from before fits, and
the entries that are compared once the block is over.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from rnnbench.models.arrays.trees import Params, States, tree_map
from rnnbench.models.model import Model
from rnnbench.oracle.small_input import drawn_state
from rnnbench.oracle.traces import named

#: Entries of each tensor that are compared.
ENTRIES = 512
#: How the names of what is compared begin.
LOSS, UPDATE = "loss of step ", "update of "
#: By how large a share of themselves trained weights are set off.
NEAR = 0.01
#: Different batches that a block goes through before it begins again with the first.
BATCHES = 512


class Start(NamedTuple):
    """What a block starts from."""

    params: Params
    state: States


class Left(NamedTuple):
    """What a block of a program leaves behind, all at the same entries of each tensor.

    Attributes:
        losses: of its steps, in their order.
        params: the parameters after the last step, by name; empty where that was not reached.
        outputs: of one forward pass from the start.
    """

    losses: np.ndarray
    params: Mapping[str, np.ndarray]
    outputs: np.ndarray


def drawn_start(model: Model, batch: int, draw: int, dtype: str) -> Start:
    """Return initial weights and a state that is not zero, both drawn, rounded to a dtype.

    Trained weights are set off by a little, so that no two blocks begin with the same.
    """
    rng = np.random.default_rng([draw, 2])

    def rounded(array: np.ndarray) -> np.ndarray:
        return np.asarray(array, dtype).astype(np.float64)

    state = drawn_state(model, batch, rng)
    params = model.initial(draw)
    if model.weights is not None:
        params = tree_map(lambda w: w * (1 + NEAR * rng.standard_normal(w.shape)), params)
    return Start(tree_map(rounded, params), tree_map(rounded, state))


def kept_forward(draw: int, forwards: int) -> int:
    """Return the number of the forward pass whose outputs are kept; 0 is the one before a block."""
    return 1 + int(np.random.default_rng([draw, 3]).integers(forwards))


def entries(name: str, array: np.ndarray, seed: int) -> np.ndarray:
    """Return up to :data:`ENTRIES` entries of a tensor, in float64, drawn from a seed."""
    flat = np.asarray(array, np.float64).reshape(-1)
    if flat.size <= ENTRIES:
        return flat
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return np.asarray(flat[rng.integers(flat.size, size=ENTRIES)])


def entries_of(params: Params, seed: int) -> dict[str, np.ndarray]:
    """Return :func:`entries` of all parameters, by name."""
    return {
        name: entries(name, array, seed) for name, array in named(UPDATE.rstrip(), params).items()
    }
