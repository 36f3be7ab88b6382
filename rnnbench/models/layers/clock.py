"""Positional encoding: the place of each step in its sequence, as sines."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.network_part import Part, Run
from rnnbench.models.padding import after_past, last, recent


@dataclass(frozen=True)
class Clock(Part):
    """place_t = [sin ω_0 t, sin ω_1 t ...; cos ω_0 t, cos ω_1 t ...] with ω_i = 10000^(-2i/N).

    Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.5, the sines before the
    cosines; of an odd number of features the last cosine is left out.

    Attributes:
        width: N.
        window: how many steps back are remembered from batch to batch, whose clock goes on; 0 for
            one that begins anew with each batch.
    """

    width: int
    window: int = 0

    @property
    def state_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The time, and 1 for each of the last steps that there was."""
        return ((), (self.window,)) if self.window else ()

    def apply(
        self, run: Run, xs: Array, lengths: Array | None = None
    ) -> tuple[Array, Array | None]:
        """Tell the time of the steps in ``xs (T, B, ...)``.

        Returns:
            The places ``(T, B or 1, N)``; and booleans ``(W+T, B)``, which of the steps back to the
            first one remembered there were: None where nothing is remembered.
        """
        xp = run.xp
        times = xp.arange(xs.shape[0], xs)[:, None]
        if not self.window:
            return self._places(run, times), None
        now, there = run.state
        times, there = now + times, after_past(xp, there, xp.ones_like(xs[..., 0]))
        run.keep((last(xp, times, lengths) + 1, recent(xp, there, self.window, lengths)))
        return self._places(run, times), there > 0.5

    def _places(self, run: Run, times: Array) -> Array:
        xp, half = run.xp, (self.width + 1) // 2
        rates = xp.exp(xp.arange(half, times) * (-2 * math.log(10000) / self.width))
        turns = times[..., None] * rates  # (T, B or 1, N/2)
        return xp.concat([xp.sin(turns), xp.cos(turns)], axis=-1)[..., : self.width]
