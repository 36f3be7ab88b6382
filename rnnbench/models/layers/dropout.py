"""Values left out at random in training."""

from __future__ import annotations

from dataclasses import dataclass

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.network_part import Extent, Part, Run


@dataclass(frozen=True)
class Dropout(Part):
    """y = m ⊙ x / (1 - p), each m being 0 with probability p and else 1; in evaluation y = x.

    Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15,
    2014. The masks are drawn by the core and come with the batch: the same for every backend.

    Attributes:
        width: the length of the last axis of x ``(T, B, width)``.
        rate: p.
        of_targets: whether T are the steps of a target sequence, as in a decoder.
    """

    width: int
    rate: float
    of_targets: bool = False

    def noise(self, extent: Extent) -> tuple[tuple[int, ...], float]:
        """Want a mask for every value."""
        steps = extent.targets if self.of_targets else extent.steps
        return (steps, extent.batch, self.width), 1 - self.rate

    def apply(self, run: Run, xs: Array) -> Array:
        """Leave out what the mask says, if there is one."""
        if run.noise is None:
            return xs
        return run.xp.where(run.noise, xs / (1 - self.rate), run.xp.zeros_like(xs))
