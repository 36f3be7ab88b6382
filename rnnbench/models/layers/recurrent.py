"""One recurrent layer: a cell over a whole sequence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnbench.errors import Unsupported
from rnnbench.models.cell import Cell, Shapes, State
from rnnbench.models.kernel import Recurrence
from rnnbench.models.namespace import Array
from rnnbench.models.part import Part, Run


@dataclass(frozen=True)
class Layer(Part):
    """A cell over a sequence. The loop over time is the backend's: a :class:`Recurrence`.

    Attributes:
        cell: the recurrence.
        inputs: features ``I`` of each step.
        hidden: units ``H``.
    """

    cell: Cell
    inputs: int
    hidden: int

    @property
    def shapes(self) -> Shapes:
        """The canonical parameter shapes."""
        return self.cell.shapes(self.inputs, self.hidden)

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw the cell's parameters."""
        return self.cell.initial(rng, self.inputs, self.hidden)

    def zero_state(self, batch: int) -> State:
        """Return the cell's state before the first step."""
        return self.cell.zero_state(batch, self.hidden)

    def apply(
        self,
        run: Run,
        xs: Array,
        mask: Array | None = None,
        state: State | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over a sequence, and keep the state after it.

        Args:
            run: holds the recurrence, its parameters and the state that is carried.
            xs: the inputs ``(T, B, I)``.
            mask: booleans ``(T, B)``, false at padding, or None where there is none.
            state: the state to begin with in place of the one that is carried.
            context: what the cell's step takes beside ``x``, the same at every step.

        Returns:
            The outputs ``(T, B, H)``, zero at padding; and the final state, held there.

        Raises:
            Unsupported: if the recurrence takes no masks and there is one.
        """
        recurrence: Recurrence = run.kernel  # type: ignore[assignment]  # Backend.ops sees to it
        if mask is not None and not recurrence.takes_masks:
            raise Unsupported(f"{recurrence.kernel} takes sequences of one length alone")
        first = run.state if state is None else state
        ys, final = recurrence.apply(run.p, xs, first, mask, context)
        run.keep(final)
        return ys, final
