"""One recurrent layer: a cell over a whole sequence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnbench.errors import Unsupported
from rnnbench.models.arrays.array_functions import Array, State
from rnnbench.models.cell import Cell, Shapes
from rnnbench.models.kernel import Recurrence
from rnnbench.models.network_part import Part, Run
from rnnbench.models.padding import beside, mask_of


@dataclass(frozen=True)
class Layer(Part):
    """A cell over a sequence. The loop over time is the backend's: a :class:`Recurrence`.

    Attributes:
        cell: the recurrence.
        inputs: features ``I`` of each step.
        hidden: units ``H``.
        reverse: whether it runs from the last step to the first; of a sequence with padding, from
            the last before it. Outputs stay where their inputs are.
        carry: whether the state after a batch is that before the next one.
    """

    cell: Cell
    inputs: int
    hidden: int
    reverse: bool = False
    carry: bool = True

    @property
    def shapes(self) -> Shapes:
        """The canonical parameter shapes."""
        return self.cell.shapes(self.inputs, self.hidden)

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw the cell's parameters."""
        return self.cell.initial(rng, self.inputs, self.hidden)

    @property
    def state_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of the cell's state."""
        return self.cell.state_shapes(self.hidden)

    def zero_state(self, batch: int) -> State:
        """Return the cell's state before the first step."""
        return self.cell.zero_state(batch, self.hidden)

    def apply(
        self,
        run: Run,
        xs: Array,
        lengths: Array | None = None,
        state: State | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over a sequence, and keep the state after it if it is carried.

        Args:
            run: holds the recurrence, its parameters and the state that is carried.
            xs: the inputs ``(T, B, I)``.
            lengths: the steps of each example ``(B,)``, the rest being padding; None where there is
                none.
            state: the state to begin with in place of the one that is carried.
            context: what the cell's step takes beside ``x``, the same at every step.

        Returns:
            The outputs ``(T, B, H)``, zero at padding; and the final state, held there.

        Raises:
            Unsupported: if the recurrence takes no masks and there is padding.
        """
        recurrence: Recurrence = run.kernel  # type: ignore[assignment]  # Backend.ops sees to it
        if lengths is not None and not recurrence.takes_masks:
            raise Unsupported(f"{recurrence.kernel} takes sequences of one length alone")
        xs, mask = self._turned(run, xs, lengths), None
        if lengths is not None:  # what stands at padding must not even overflow
            mask = mask_of(run.xp, xs.shape[0], lengths)
            xs = run.xp.where(beside(mask, xs), xs, run.xp.zeros_like(xs))
        first = run.state if state is None else state
        ys, final = recurrence.apply(run.p, xs, first, mask, context)
        if self.carry:
            run.keep(final)
        return self._turned(run, ys, lengths), final

    def _turned(self, run: Run, xs: Array, lengths: Array | None) -> Array:
        """Return the steps in the order in which they are run, and from there in their own."""
        if not self.reverse:
            return xs
        return run.xp.flip(xs, 0) if lengths is None else run.xp.reverse_sequence(xs, lengths)
