"""Proof that all rows compute the same function: comparison with the float64 oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.errors import Mismatch
from rnnbench.models.arrays.trees import Batch, Params, States
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram
from rnnbench.oracle.checked_program import CheckedProgram, check_outputs
from rnnbench.oracle.perturbed import set_off
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import GRADIENT, LAST_LOSS, TRAINED, UPDATED, trace
from rnnbench.system.threads import one_blas_thread

#: The largest error allowed, by dtype: a few hundred roundings of a value near 1.
TOLERANCE = {"float32": 1e-4, "float64": 1e-8}
#: See :func:`compare`: how large a gradient is beside the largest of its tensor, and how large that
#: one is beside the largest of all.
CONDITION, NOISE = 1e-3, 1e-7
#: See :func:`amplified`; and how many paths are computed at most, one after the other.
MARGIN, PATHS = 10.0, 4


#: Takes some of the entries of a tensor, by its name.
Entries = Callable[[str, np.ndarray], np.ndarray]


class Parity(NamedTuple):
    """The largest error over all compared tensors, and the tensor it was found in."""

    error: float
    tensor: str


def error(ours: np.ndarray, oracle: np.ndarray) -> float:
    """Return max|a-b| / max(1, max|b|).

    Infinite where shapes differ, or a value is not finite or no number, as a text is none.
    """
    if np.asarray(ours).dtype.kind not in "fiu":
        return float("inf")
    a, b = np.asarray(ours, np.float64), np.asarray(oracle, np.float64)
    if a.shape != b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return float("inf")
    scale = max(1.0, float(np.max(np.abs(b), initial=0.0)))
    return float(np.max(np.abs(a - b), initial=0.0)) / scale


def worst(
    ours: Mapping[str, np.ndarray],
    oracle: Mapping[str, np.ndarray],
    allowed: Mapping[str, float] | None = None,
    entries: Entries = lambda name, array: array,
) -> Parity:
    """Return the largest :func:`error` over tensors of the same names.

    A tensor that only one side has counts as infinitely wrong. An error counts by how many times it
    is allowed to be as large as others, where it is. Of each tensor those ``entries`` are compared.
    """
    missing, times = np.array(np.nan), allowed or {}

    def off(name: str) -> float:
        pair = (entries(name, each.get(name, missing)) for each in (ours, oracle))
        return error(*pair) / times.get(name, 1.0)

    return max(Parity(off(name), name) for name in oracle.keys() | ours.keys())


def compare(
    ours: Mapping[str, np.ndarray],
    oracle: Mapping[str, np.ndarray],
    allowed: Mapping[str, float] | None = None,
) -> Parity:
    """Return the largest :func:`error` between two traces.

    RMSprop and Adam divide a gradient by its own size. Where it is nothing but rounding noise, so
    is the update, at the full size of the learning rate and in every framework. Trained parameters
    are therefore compared where that division is well-conditioned: where the oracle's gradient is
    at least :data:`CONDITION` of the largest in its tensor, and where it is exactly zero and
    nothing may move. A tensor whose largest one is below :data:`NOISE` of the largest of all has
    none but for rounding, as has a LayerNorm over one unit. The gradients themselves are compared
    everywhere.

    Args:
        ours: what a program has computed.
        oracle: what it should have.
        allowed: see :func:`amplified`.
    """
    return worst(ours, oracle, allowed, conditioned(oracle))


def conditioned(oracle: Mapping[str, np.ndarray]) -> Entries:
    """Return what takes those entries of a tensor alone whose update is well-conditioned.

    One tensor after the other: of a large model copies of all would not fit.
    """
    largest = {
        name: float(np.max(np.abs(gradient), initial=0.0))
        for name, gradient in oracle.items()
        if name.startswith(f"{GRADIENT} ")
    }
    noise = NOISE * max(largest.values(), default=0.0)

    def well(name: str, array: np.ndarray) -> np.ndarray:
        what, _, parameter = name.partition(" ")
        of = f"{GRADIENT} {parameter}"
        if what not in (UPDATED, TRAINED) or of not in largest or oracle[of].shape != array.shape:
            return array
        size = np.abs(oracle[of])
        sound = (size == 0) | (size >= CONDITION * largest[of])
        return np.asarray(array[sound & (largest[of] >= noise)])

    return well


def later(name: str) -> bool:
    """Return whether a tensor is of what follows the first update."""
    return name == LAST_LOSS or name.startswith(TRAINED)


def check(
    backend: Backend,
    model: Model,
    variant: str,
    optimizer: Optimizer,
    seed: int,
    who: str = "the backend",
    devices: Sequence[str] = (),
) -> Parity:
    """Compare ``variant`` with the oracle on a small input at the backend's own dtype.

    Over ``devices``, where some are told, which the oracle knows nothing of.

    Returns:
        The largest error.

    Raises:
        Mismatch: if it is above :data:`TOLERANCE`.
        PluginError: if the program answers with something of another kind; it names ``who``. Or if
            the outputs of the network are not shaped as the targets.
        Unsupported: if the backend can't run the model.
    """
    backend.check_training(optimizer)
    state, batch = small_input(model, seed, len(devices) or 1)
    params = model.initial(seed)
    made = backend.program_on(devices, model, params, variant, optimizer)
    program = CheckedProgram(made, who)
    expected = oracle_trace("float64", NumpyProgram, model, optimizer, params, state, batch)
    check_outputs(model, expected["outputs"], batch)
    ours = trace(backend, program, state, batch, optimizer)
    off = (
        rounded(model, optimizer, params, state, batch, backend.dtype, draw)
        for draw in range(PATHS)
    )
    limit = TOLERANCE[backend.dtype]
    found = held(ours, expected, off, limit)
    if not found.error <= limit:
        raise Mismatch(
            f"{found.tensor} differs from the oracle by {found.error:.1e}, allowed {limit:.0e}",
            found.error,
        )
    return found


def held(
    ours: Mapping[str, np.ndarray],
    oracle: Mapping[str, np.ndarray],
    off: Iterable[Mapping[str, np.ndarray]],
    limit: float,
) -> Parity:
    """Compare two traces, and allow for what training amplifies.

    Args:
        ours: what a program has computed.
        oracle: what it should have.
        off: traces of the oracle that was off by a rounding; one after the other is taken while
            what follows the first update is above ``limit``.
        limit: the tolerance.
    """
    found, paths, times = compare(ours, oracle), iter(off), dict[str, float]()
    while found.error > limit and later(found.tensor) and (path := next(paths, None)):
        times = amplified(path, oracle, limit, times)
        found = compare(ours, oracle, times)
    return found


def rounded(
    model: Model,
    optimizer: Optimizer,
    params: Params,
    state: States,
    batch: Batch,
    dtype: str,
    draw: int,
) -> dict[str, np.ndarray]:
    """Return the trace of the oracle at a dtype, off by a rounding in all that it computes."""
    make = set_off(dtype, float(np.finfo(dtype).eps), draw)
    return oracle_trace(dtype, make, model, optimizer, params, state, batch)


def oracle_trace(
    dtype: str,
    make: Callable[..., NumpyProgram],
    model: Model,
    optimizer: Optimizer,
    params: Params,
    state: States,
    batch: Batch,
) -> dict[str, np.ndarray]:
    """Return the trace of a program on NumPy, of which nothing else is kept."""
    backend = NumpyBackend("cpu", dtype)
    with one_blas_thread():  # workers check side by side
        ops = backend.ops(model, "autograd")
        program = make(model, ops, params, optimizer, backend.put)
        return trace(backend, program, state, batch, optimizer)


def amplified(
    off: Mapping[str, np.ndarray],
    oracle: Mapping[str, np.ndarray],
    limit: float,
    known: Mapping[str, float],
) -> dict[str, float]:
    """Return how many times as far as ``limit`` what follows the first update may be off.

    One update moves what is ill-conditioned at random, by up to ten times the learning rate; the
    next ones begin from there. How far that brings the oracle from itself, by rounding alone, is
    what nobody can do better: :data:`MARGIN` times as much is allowed.

    Args:
        off: the trace of the oracle that was off by a rounding.
        oracle: that of the oracle.
        limit: the tolerance.
        known: what other paths have shown.
    """
    well = conditioned(oracle)
    far = {
        name: error(well(name, off[name]), well(name, right))
        for name, right in oracle.items()
        if later(name)
    }
    usual = float(np.median(list(far.values())))
    return {
        name: max(known.get(name, 1.0), MARGIN * max(value, usual) / limit)
        for name, value in far.items()
    }
