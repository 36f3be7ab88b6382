"""What a turn leaves behind, for an audit that may follow."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.contracts.values import said, scalar
from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Params
from rnnbench.oracle.audit.block import entries, entries_of, kept_forward
from rnnbench.schema.messages.timing import Audit, Audited, Turn


@dataclass
class Evidence:
    """Handles of what one turn has computed; nothing is read before it is asked for.

    Attributes:
        keep: the number of the forward pass whose outputs are kept; all would not fit.
        losses: of the steps, in their order.
        outputs: of that forward pass.
        forwards: how many there were so far.
    """

    keep: int
    losses: list[Array] = field(default_factory=list)
    outputs: Array = None
    forwards: int = 0

    @classmethod
    def of(cls, turn: Turn) -> Evidence:
        """Return the evidence of a turn that has not begun."""
        return cls(kept_forward(turn.draw, turn.forwards))

    def add_forward(self, outputs: Array) -> None:
        """Keep the outputs of a forward pass if it is the one."""
        if self.forwards == self.keep:
            self.outputs = outputs
        self.forwards += 1

    def told(self, backend: Backend, program: Program, request: Audit, who: str) -> Audited:
        """Read everything, and then copies of it, to see how long reading alone takes.

        What was read may be kept, so reading it again would cost less: a GPU hands over each loss
        in a transfer of its own.

        Raises:
            PluginError: if a loss is no number.
        """
        start = time.perf_counter()
        losses, params, outputs = self._read(backend, program)
        first = time.perf_counter() - start
        copies = backend.put((*losses, outputs))
        start = time.perf_counter()
        for copy in copies:
            backend.numpy(copy)
        program.params()
        again = time.perf_counter() - start
        numbers = [said(who, "the loss", loss, scalar) for loss in losses]
        return Audited(
            plain(np.array(numbers)),
            {name: plain(array) for name, array in entries_of(params, request.entries).items()},
            plain(entries("outputs", outputs, request.entries)),
            max(0.0, first - again),
        )

    def _read(
        self, backend: Backend, program: Program
    ) -> tuple[list[np.ndarray], Params, np.ndarray]:
        losses = [backend.numpy(loss) for loss in self.losses]
        return losses, program.params(), backend.numpy(self.outputs)


def plain(array: np.ndarray) -> list[float | None]:
    """Return numbers as a message may hold them."""
    return [float(value) if np.isfinite(value) else None for value in array]
