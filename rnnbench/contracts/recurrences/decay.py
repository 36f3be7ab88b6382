"""Which entries of native parameters decay: those that come from parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np

from rnnbench.models.arrays.trees import Params, tree_map
from rnnbench.models.training.optimizer import Optimizer

#: One factor of weight decay for all entries of an array, or one for each.
Decay: TypeAlias = float | np.ndarray


def decays(
    rule: Optimizer, params: Params, native: Callable[[Params], Params]
) -> dict[str, dict[str, Decay]]:
    """Return the weight decay of each native array, by group and name.

    Native arrays may hold more than parameters: the constants of a gate channel, or a second bias
    that is redundant. What stays as it is when every parameter is another one must not decay.

    Args:
        rule: the optimizer, with its λ.
        params: canonical, for their shapes alone.
        native: packs parameters, and returns the native arrays as NumPy.

    Returns:
        λ where all entries are parameters; else an array, λ where an entry is one and 0 elsewhere.
    """
    if rule.name != "adamw":
        return {}
    zeros, ones = (native(tree_map(partial(np.full_like, fill_value=v), params)) for v in (0, 1))

    def decay(group: str, name: str) -> Decay:
        trained = np.asarray(zeros[group][name]) != np.asarray(ones[group][name])
        return rule.weight_decay if trained.all() else rule.weight_decay * trained

    return {group: {name: decay(group, name) for name in zeros[group]} for group in zeros}
