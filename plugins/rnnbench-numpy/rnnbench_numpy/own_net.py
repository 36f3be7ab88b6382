"""A user's own net: a pair of pure functions over ``autograd.numpy``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnbench import OwnKernel, OwnNetError, Problem, net_kind, unfit_net


class OwnFunctions(OwnKernel):
    """Functions of a dict of arrays, differentiated by the ``autograd`` package."""

    kernel = "pure functions (autograd)"

    def __init__(
        self, factory: Callable[..., Any], problem: Problem, put: Callable[[Any], Any]
    ) -> None:
        made = factory(problem)
        if net_kind(made) != "function pair":
            raise unfit_net(
                made, "numpy", "a pair of pure functions (init(rng), apply(params, xs))"
            )
        self.init, self.function = made
        self.put = put

    def initial(self, seed: int) -> dict[str, np.ndarray]:
        """Draw the parameters by a generator of NumPy."""
        drawn = self.init(np.random.default_rng(seed))
        if drawn == {}:
            raise OwnNetError("init(rng) returns an empty dict: there is nothing to train")
        if not isinstance(drawn, dict):
            raise OwnNetError(f"init(rng) returns a {type(drawn).__name__}, not a dict of arrays")
        return {str(name): np.array(array, np.float64) for name, array in drawn.items()}

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Copy the arrays at the dtype."""
        packed: dict[str, np.ndarray] = self.put(params)
        return packed

    def apply(self, params: Any, *arrays: Any, **options: Any) -> Any:
        """Call the function."""
        return self.function(params, *arrays)
