"""Two recurrent layers over one sequence, one in each direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.cell import Cell
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.network_part import Part, Run
from rnnbench.models.padding import last

Merge: TypeAlias = Literal["concat", "sum"]


@dataclass(frozen=True)
class Bidirectional(Part):
    """y_t = [f_t; g_t] or f_t + g_t, f running from the first step to the last and g back.

    Schuster & Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on Signal
    Processing 45(11), 1997. The state of f is carried from batch to batch, that of g is not.

    Attributes:
        cell: the recurrence of both, each with parameters of its own.
        inputs: features ``I`` of each step.
        hidden: units ``H`` of each direction.
        merge: how the two outputs become one: of width 2H (``concat``) or H (``sum``).
    """

    cell: Cell
    inputs: int
    hidden: int
    merge: Merge = "concat"

    @property
    def parts(self) -> Mapping[str, Part]:
        """Return ``forward`` and ``backward``."""
        return {
            "forward": Layer(self.cell, self.inputs, self.hidden),
            "backward": Layer(self.cell, self.inputs, self.hidden, reverse=True, carry=False),
        }

    def apply(self, run: Run, xs: Array, lengths: Array | None = None) -> tuple[Array, Array]:
        """Map ``(T, B, I)`` to the outputs of all steps, and what each direction says in the end.

        Args:
            run: holds both layers.
            xs: the inputs.
            lengths: the steps of each example ``(B,)``, the rest being padding.

        Returns:
            ``(T, B, H or 2H)``, zero at padding; and ``(B, H or 2H)``, of f at the last step and of
            g at the first.
        """
        forward, _ = run("forward", xs, lengths=lengths)
        backward, _ = run("backward", xs, lengths=lengths)
        end = last(run.xp, forward, lengths)
        return self._merged(run, forward, backward), self._merged(run, end, backward[0])

    def _merged(self, run: Run, forward: Array, backward: Array) -> Array:
        if self.merge == "sum":
            return forward + backward
        return run.xp.concat([forward, backward], axis=-1)
