"""The gradient of one draw of a cell, by its state at each distance back.

A loss at the last step T is a random direction in its output, ⟨v, y_T⟩ with ‖v‖ = 1. Its gradient
by the state k steps before is v (∂y_T/∂s_T) J_T J_{T-1} ... J_{T-k+1}, a product of k Jacobians
J_t = ∂s_t/∂s_{t-1}; its norm is what is measured. Of h' = φ(x W_x + h W_h + b) each J_t is
W_h diag(φ'), so that no norm grows by more than max|φ'| ‖W_h‖ per step: with an orthogonal W_h that
is scaled to a spectral radius, by that radius (Bengio, Simard & Frasconi, "Learning long-term
dependencies with gradient descent is difficult", IEEE Transactions on Neural Networks 5(2), 1994;
Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", ICML 2013).

It is differentiated in float64 by the oracle, NumPy with ``autograd``: every backend is held to its
gradients anyway, and a rate is a property of the cell, not of a framework.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from rnnbench.introspection.flow import Setting
from rnnbench.models.arrays.array_functions import Array, State
from rnnbench.models.cell import Cell
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.models.cells.simple.indrnn import IndRNN
from rnnbench.oracle.backend import NumpyBackend

#: The largest state whose Jacobian is taken whole.
LARGEST_STATE = 1024


class Traced(NamedTuple):
    """The gradients of one draw.

    Attributes:
        parts: the norm by each part of the state at each distance, shape (parts, T + 1).
        gradient: the norm by all parameters.
    """

    parts: np.ndarray
    gradient: float


def has_radius(cell: Cell) -> bool:
    """Return whether a cell has matrices ``w_h`` that bring its ``h`` to the next step."""
    return cell.state[0] == "h" and "w_h" in cell.shapes(2, 2)


def drawn(cell: Cell, radius: float | None, setting: Setting, seed: int) -> dict[str, np.ndarray]:
    """Draw parameters as the cell begins; ``w_h`` of each gate is scaled to a spectral radius."""
    params = cell.initial(np.random.default_rng([seed, 0]), setting.inputs, setting.hidden)
    if radius is None:
        return params
    own = np.abs(np.linalg.eigvals(params["w_h"])).max(axis=-1)
    return params | {"w_h": params["w_h"] * (radius / own)[:, None, None]}


def bound(cell: Cell, params: Mapping[str, np.ndarray]) -> float | None:
    """Return max|φ'| ‖W_h‖, None where a cell is no h' = φ(x W_x + h W_h + b).

    Both tanh and relu are steepest with the slope 1. Of an IndRNN W_h is diag(u).
    """
    if isinstance(cell, IndRNN):
        return float(np.abs(params["u"]).max())
    return float(np.linalg.norm(params["w_h"][0], 2)) if isinstance(cell, Elman) else None


def at_rest(cell: Cell, params: Mapping[str, np.ndarray], setting: Setting) -> float | None:
    """Return the spectral radius of ∂s'/∂s in the first state, with inputs that are zero.

    It is the rate to be expected while units stay near where they are steepest: of a GRU whose
    gates begin half open ½ + ¼ ρ(W_hn), of an LSTM with forget bias b at most σ(b) + ¼ ρ(W_hg).
    None where the state is too large for it.
    """
    oracle = NumpyBackend("cpu", "float64")
    size = sum(math.prod(shape) for shape in cell.state_shapes(setting.hidden))
    if size > LARGEST_STATE:
        return None
    x = np.zeros((size, setting.inputs))

    def diagonal(*state: Array) -> Array:
        """Example k gives entry k of the new state, so that its gradient is line k."""
        new = cell.step(oracle.xp, dict(params), x, state)
        flat = [oracle.xp.reshape(part, (size, -1)) for part in new]
        return oracle.xp.sum(oracle.xp.concat(flat, axis=-1) * np.eye(size))

    _, gradients = oracle.value_and_grad(diagonal, cell.zero_state(size, setting.hidden))
    jacobian = np.concatenate([one.reshape(size, -1) for one in gradients], axis=1)
    return float(np.abs(np.linalg.eigvals(jacobian)).max())


def trace(cell: Cell, params: Mapping[str, np.ndarray], setting: Setting, seed: int) -> Traced:
    """Differentiate a loss at the last step by the state after each step, and by the parameters.

    Zeros are added to the state after each step: the gradient by them is that by the state.

    Args:
        cell: with its options set.
        params: of one layer.
        setting: its sizes.
        seed: of the inputs ``(T, B, I)`` and of v.
    """
    oracle, rng = NumpyBackend("cpu", "float64"), np.random.default_rng([seed, 1])
    xp, first = oracle.xp, cell.zero_state(setting.batch, setting.hidden)
    xs = rng.normal(0, setting.scale, (setting.length, setting.batch, setting.inputs))
    direction = rng.standard_normal(cell.output(xp, first).shape)
    direction /= np.linalg.norm(direction)
    parts = len(first)

    def loss(*arrays: Array) -> Array:
        own = dict(zip(params, arrays[parts:], strict=True))
        zeros = list(zip(*map(xp.unstack, arrays[:parts]), strict=True))
        state = plus(first, zeros[0])
        for x, added in zip(xs, zeros[1:], strict=True):
            state = plus(cell.step(xp, own, x, state), added)
        return xp.sum(cell.output(xp, state) * direction)

    added = [np.zeros((setting.length + 1, *part.shape)) for part in first]
    _, gradients = oracle.value_and_grad(loss, [*added, *params.values()])
    by_state, by_params = gradients[:parts], gradients[parts:]
    # By hypot, which takes norms whose squares are beyond float64.
    norms = [np.hypot.reduce(one.reshape(len(one), -1), axis=1)[::-1] for one in by_state]
    gradient = np.hypot.reduce(np.concatenate([one.ravel() for one in by_params]))
    return Traced(np.array(norms), float(gradient))


def plus(state: State, added: Sequence[Array]) -> State:
    """Return a state with something added to each of its parts."""
    return tuple(part + one for part, one in zip(state, added, strict=True))
