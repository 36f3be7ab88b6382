"""The program contract: one model, ready to run and train."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rnnbench.errors import Unsupported
from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Batch, Params, States
from rnnbench.models.network import Memory


class Program(ABC):
    """One model with its parameters, ready to run on one backend in one variant.

    States and batches are given as the backend's own arrays (:meth:`Backend.put`); a returned
    state is detached, so that it can be fed back without growing a graph.
    """

    #: What really runs, for the table.
    kernel: str

    @abstractmethod
    def forward(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Return the outputs and the new state, without keeping anything for a gradient."""

    @abstractmethod
    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Return the loss and its canonical gradients as NumPy, before clipping; never timed."""

    @abstractmethod
    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Update the parameters by one step, the framework's own idiom, whole.

        Returns:
            The loss before the update, as a handle that :meth:`Backend.numpy` reads, and the
            new state.
        """

    @abstractmethod
    def params(self) -> Params:
        """Return the current parameters, canonical, as NumPy."""

    @abstractmethod
    def reset(self, params: Params) -> None:
        """Start afresh: these parameters, a new optimizer state, nothing compiled again.

        So that several seeds, and timing before training, need one compilation. A program just
        built and one that was reset with the same parameters train to the same bits.
        """

    @abstractmethod
    def wait(self) -> None:
        """Return only when everything asked for so far is computed, parameters included."""

    def begin(self, batch: Batch) -> tuple[Memory, States]:
        """Return what an encoder remembers of ``batch``, and the state to generate from.

        Raises:
            Unsupported: if the backend can't generate.
        """
        raise Unsupported(f"{type(self).__name__} can't generate")

    def advance(self, memory: Memory, state: States, batch: Batch) -> tuple[Array, States]:
        """Return the outputs of the steps in ``batch``, after :meth:`begin`, and the new state.

        Raises:
            Unsupported: if the backend can't generate.
        """
        raise Unsupported(f"{type(self).__name__} can't generate")

    def traces(self) -> int | None:
        """Return how often the framework has traced or compiled so far, or None if unknown."""
        return None
