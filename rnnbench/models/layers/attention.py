"""Attention of the steps of a sequence to each other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.layers.dense import Dense
from rnnbench.models.network_part import Part, Run
from rnnbench.models.padding import after_past, recent

#: A score that no softmax gives any weight.
NEVER = -1e9


def softmax(xp: Namespace, scores: Array, seen: Array | None, axis: int = -1) -> Array:
    """Return weights that add up to 1 over what is seen, and are 0 elsewhere; None for all."""
    if seen is not None:
        scores = xp.where(seen, scores, NEVER * xp.ones_like(scores))
    return xp.softmax(scores, axis=axis)


@dataclass(frozen=True)
class DotProductAttention(Part):
    """softmax(Q Kᵀ / sqrt(D)) V, over the keys that are seen.

    Vaswani et al., "Attention is all you need", NeurIPS 2017, eq. 1.
    """

    def apply(
        self, run: Run, queries: Array, keys: Array, values: Array, seen: Array | None = None
    ) -> Array:
        """Mix the values for each query.

        Args:
            run: what it is computed with.
            queries: ``(B, N, T, D)`` for N heads.
            keys: ``(B, N, S, D)``.
            values: ``(B, N, S, D)``.
            seen: booleans ``(B or 1, 1, T or 1, S)``, at least one of S; None for all.

        Returns:
            ``(B, N, T, D)``.
        """
        xp, scale = run.xp, 1 / math.sqrt(queries.shape[-1])
        scores = (scale * queries) @ xp.permute_dims(keys, (0, 1, 3, 2))  # (B, N, T, S)
        return softmax(xp, scores, seen) @ values


@dataclass(frozen=True)
class SelfAttention(Part):
    """y = [head_1; … head_N] W_o with head_n = attention(x W_q, x W_k, x W_v), each of its columns.

    Vaswani et al. 2017, section 3.2.2. Nothing has a bias: that of the keys would have no effect.

    Attributes:
        width: H, features of x and of y; each head has H/N of them.
        heads: N.
        window: how many earlier steps are remembered from batch to batch.
    """

    width: int
    heads: int
    window: int = 0

    @property
    def parts(self) -> Mapping[str, Part]:
        """Return ``queries``, ``keys``, ``values``, ``product`` and ``output``."""
        names = ("queries", "keys", "values", "output")
        products = {name: Dense(self.width, self.width, bias=False) for name in names}
        return products | {"product": DotProductAttention()}

    @property
    def state_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The last keys and values."""
        return ((self.window, self.width),) * 2 if self.window else ()

    def apply(
        self, run: Run, xs: Array, seen: Array | None = None, lengths: Array | None = None
    ) -> Array:
        """Map ``(T, B, H)`` to ``(T, B, H)``.

        Args:
            run: holds the products, and the keys and values that are remembered.
            xs: the steps.
            seen: which step sees which, the remembered ones first, as in
                :class:`DotProductAttention`.
            lengths: the steps of each example ``(B,)``, the rest being padding.
        """
        xp = run.xp
        keys, values = run("keys", xs), run("values", xs)
        if self.window:
            keys, values = (
                after_past(xp, past, new)
                for past, new in zip(run.state, (keys, values), strict=True)
            )
            run.keep(tuple(recent(xp, each, self.window, lengths) for each in (keys, values)))
        each = (self._split(xp, array) for array in (run("queries", xs), keys, values))
        mixed = xp.permute_dims(run("product", *each, seen), (2, 0, 1, 3))  # (T, B, N, D)
        return run("output", xp.reshape(mixed, tuple(xs.shape)))

    def _split(self, xp: Namespace, xs: Array) -> Array:
        """Return ``(T, B, H)`` as ``(B, N, T, D)``."""
        steps, batch, width = xs.shape
        heads = xp.reshape(xs, (steps, batch, self.heads, width // self.heads))
        return xp.permute_dims(heads, (1, 2, 0, 3))
