"""Cells: one recurrence each, written once over a :class:`~rnnbench.models.namespace.Namespace`."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rnnbench.models.namespace import Array, Namespace

if TYPE_CHECKING:  # naming a cell must not wait for NumPy; drawing its weights imports it
    import numpy as np

Shapes: TypeAlias = dict[str, tuple[int, ...]]
#: The parameters of one layer by name.
Group: TypeAlias = Mapping[str, Array]
#: The state of one layer: one array ``(B, H)`` per name in ``Cell.state``.
State: TypeAlias = tuple[Array, ...]


@dataclass(frozen=True)
class Cell(ABC):
    """One recurrence: a pure step function with its parameter shapes.

    A subclass is a frozen dataclass; its fields are the cell's options, each with a default.
    The same ``step`` is the specification, the float64 oracle and the portable implementation
    in every framework. Letters: ``B`` batch, ``I`` inputs, ``H`` hidden units, ``G`` gates.
    """

    #: The name in tables and on the command line.
    name: ClassVar[str]
    #: The gates, in the order of the gate axis of the parameters.
    gates: ClassVar[tuple[str, ...]]
    #: The parts of the state; the first is the cell's output.
    state: ClassVar[tuple[str, ...]] = ("h",)

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return the shapes by name: ``w_x (G, I, H)``, ``w_h (G, H, H)``, ``b (G, H)``."""
        gates = len(self.gates)
        return {
            "w_x": (gates, inputs, hidden),
            "w_h": (gates, hidden, hidden),
            "b": (gates, hidden),
        }

    def flops(self, inputs: int, hidden: int) -> int:
        """Return the floating-point operations of one step of one example.

        Those of the matrix products alone, as is the custom: a multiply-add counts as two,
        elementwise work and biases as none. Every stack of matrices among :meth:`shapes` (three
        axes) is taken to be used once, so ``w_x`` and ``w_h`` make ``2 G H (I + H)``. A cell whose
        step uses its matrices otherwise overrides this; ``I = 0`` asks for a step without input.
        """
        stacks = [shape for shape in self.shapes(inputs, hidden).values() if len(shape) == 3]
        return sum(2 * math.prod(shape) for shape in stacks)

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters in float64.

        ``w_x`` is Glorot-uniform (Glorot & Bengio 2010, eq. 16), ``w_h`` orthogonal (Saxe et al.
        2013), each gate by itself; everything else is zero.
        """
        import numpy as np

        params = {name: np.zeros(shape) for name, shape in self.shapes(inputs, hidden).items()}
        for name, draw in (("w_x", glorot), ("w_h", orthogonal)):
            if name in params:
                params[name] = draw(rng, params[name].shape)
        return params

    @abstractmethod
    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Advance by one time step.

        Args:
            xp: the functions to compute with.
            p: the parameters, shaped as :meth:`shapes` says.
            x: the input of this step ``(B, I)``.
            state: the previous state, one ``(B, H)`` per name in :attr:`state`.

        Returns:
            The new state, its first part being the output of the step.
        """


def glorot(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw ``U(-a, a)`` with ``a = sqrt(6 / (fan_in + fan_out))`` over the last two axes."""
    limit = math.sqrt(6.0 / (shape[-2] + shape[-1]))
    return rng.uniform(-limit, limit, shape)


def orthogonal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw a stack ``(G, H, H)`` of orthogonal matrices, uniform over the orthogonal group."""
    import numpy as np

    q, r = np.linalg.qr(rng.standard_normal(shape))
    # The sign makes the decomposition unique and so the distribution uniform (Mezzadri 2007).
    return np.asarray(q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[:, None, :])
