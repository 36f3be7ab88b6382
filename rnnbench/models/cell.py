"""Cells: one recurrence each, written once over ``xp``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.padding import beside

if TYPE_CHECKING:  # naming a cell must not wait for NumPy; drawing its weights imports it
    import numpy as np

Shapes: TypeAlias = dict[str, tuple[int, ...]]
#: The parameters of one layer by name.
Group: TypeAlias = Mapping[str, Array]


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
    #: The parts of the state.
    state: ClassVar[tuple[str, ...]] = ("h",)
    #: The constants that a step takes beside ``x``: an attention's memory.
    context: ClassVar[tuple[str, ...]] = ()
    #: The gates that keep the state still where they are fully open (1) or closed (-1).
    hold: ClassVar[Mapping[str, int]] = {}

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return the shapes by name: ``w_x (G, I, H)``, ``w_h (G, H, H)``, ``b (G, H)``."""
        gates = len(self.gates)
        return {
            "w_x": (gates, inputs, hidden),
            "w_h": (gates, hidden, hidden),
            "b": (gates, hidden),
        }

    def state_shapes(self, hidden: int) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of the state without the batch: ``(H,)`` per name in :attr:`state`."""
        return ((hidden,),) * len(self.state)

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters in float64.

        ``w_x`` is Glorot-uniform (Glorot & Bengio 2010, eq. 16), ``w_h`` orthogonal (Saxe et al.
        2013), each gate by itself; everything else is zero.
        """
        import numpy as np

        from rnnbench.models.initializers import glorot, orthogonal

        params = {name: np.zeros(shape) for name, shape in self.shapes(inputs, hidden).items()}
        for name, draw in (("w_x", glorot), ("w_h", orthogonal)):
            if name in params:
                params[name] = draw(rng, params[name].shape)
        return params

    def zero_state(self, batch: int, hidden: int) -> State:
        """Return the state before the first step: zeros, ``(B, H)`` each."""
        import numpy as np

        return tuple(np.zeros((batch, *shape)) for shape in self.state_shapes(hidden))

    @abstractmethod
    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Advance by one time step; with a :attr:`context`, its arrays follow the state.

        Args:
            xp: the functions to compute with.
            p: the parameters, shaped as :meth:`shapes` says.
            x: the input of this step ``(B, I)``.
            state: the previous state, one ``(B, H)`` per name in :attr:`state`.

        Returns:
            The new state.
        """

    def output(self, xp: Namespace, state: State) -> Array:
        """Return the output of a step ``(B, H)``: the first part of the state after it."""
        return state[0]


class LinearCell(Cell):
    """A cell that is linear in its state: h' = a ⊙ h + b, where a and b depend on x alone.

    So they are had for all steps at once, and the variants ``parallel`` need no loop over time.
    With one part in :attr:`state`, ``h`` is real. With two, these are the real and the imaginary
    part of a complex ``h``, as are those of a and b, and ⊙ multiplies complex numbers.
    :meth:`output` is given the states of all steps at once by these variants, ``(T, B, H)``.
    """

    @abstractmethod
    def linear(self, xp: Namespace, p: Group, x: Array) -> tuple[State, State]:
        """Return ``a`` and ``b``, one array per part of the state.

        Args:
            xp: the functions to compute with.
            p: the parameters, shaped as :meth:`shapes` says.
            x: the inputs ``(N, I)``, of any number of steps and examples.

        Returns:
            Two tuples of ``(N, H)``; ``a`` may be ``(H,)`` where it is the same for all.
        """

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map the input ``x (B, I)`` and the state to a ⊙ h + b."""
        a, b = self.linear(xp, p, x)
        return affine(a, state, b)


def times(a: State, h: State) -> State:
    """Return a ⊙ h: of real numbers, or of complex ones as real and imaginary parts."""
    if len(a) == 1:
        return (a[0] * h[0],)
    (a_re, a_im), (re, im) = a, h
    return a_re * re - a_im * im, a_im * re + a_re * im


def affine(a: State, h: State, b: State) -> State:
    """Return a ⊙ h + b."""
    return tuple(product + part for product, part in zip(times(a, h), b, strict=True))


def advance(
    cell: Cell,
    xp: Namespace,
    p: Group,
    x: Array,
    state: State,
    there: Array | None = None,
    context: tuple[Array, ...] = (),
) -> tuple[State, Array]:
    """Advance by one time step where there is one: what every loop over time does.

    Args:
        cell: the recurrence.
        xp: the functions to compute with.
        p: the parameters.
        x: the input of this step ``(B, I)``.
        state: the previous state.
        there: booleans ``(B,)``, false at padding; None where there is none.
        context: the arrays that the step takes beside ``x``.

    Returns:
        The new state, at padding the previous one; and the output ``(B, H)``, at padding zero.
    """
    new = cell.step(xp, p, x, state, *context)
    output = cell.output(xp, new)
    if there is None:
        return new, output
    held = tuple(
        xp.where(beside(there, after), after, before)
        for after, before in zip(new, state, strict=True)
    )
    return held, xp.where(beside(there, output), output, xp.zeros_like(output))
