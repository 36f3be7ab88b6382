"""The hand-written backward pass where a model's parity check does not look."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnbench import Cell, Layer
from rnnbench.conformance import CELLS, parity
from rnnbench_jax.backend import JaxBackend

STEPS, EXAMPLES, INPUTS, HIDDEN = 6, 3, 5, 4


def gradients(variant: str, cell: Cell, reads: tuple[float, float]) -> dict[str, np.ndarray]:
    """Differentiate with respect to parameters, inputs and first state.

    The cost reads the outputs and the final state with the two factors of ``reads``.
    """
    backend, layer = JaxBackend("cpu", "float64"), Layer(cell, INPUTS, HIDDEN)
    recurrence = backend.kernel(layer, variant)
    rng = np.random.default_rng(0)
    params = recurrence.pack(cell.initial(rng, INPUTS, HIDDEN))
    xs = backend.put(rng.standard_normal((STEPS, EXAMPLES, INPUTS)))
    state = backend.put(tuple(rng.standard_normal((EXAMPLES, HIDDEN)) for _ in cell.state))
    weights = backend.put(rng.standard_normal((STEPS, EXAMPLES, HIDDEN)))

    def cost(params: Any, xs: Any, state: Any, reads: Any) -> Any:
        ys, final = recurrence.apply(params, xs, state)
        return reads[0] * jnp.sum(ys * weights) + reads[1] * sum(jnp.sum(jnp.sin(s)) for s in final)

    with backend.scope():
        slopes = jax.jit(jax.grad(cost, argnums=(0, 1, 2)))
        d_params, d_xs, d_state = slopes(params, xs, state, reads)
    named = recurrence.unpack({name: np.asarray(array) for name, array in d_params.items()})
    parts = {f"state {k}": np.asarray(part) for k, part in enumerate(d_state)}
    return named | {"inputs": np.asarray(d_xs)} | parts


@pytest.mark.parametrize("reads", [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
@pytest.mark.parametrize("cell", list(CELLS))
def test_all_gradients(cell: str, reads: tuple[float, float]) -> None:
    fused, scan = (gradients(variant, CELLS[cell], reads) for variant in ("fused", "scan"))
    assert parity.worst(fused, scan).error < 1e-12


def test_forward_stores_no_gates() -> None:
    backend, layer = JaxBackend(), Layer(CELLS["lstm"], INPUTS, HIDDEN)
    recurrence = backend.kernel(layer, "fused")
    params = recurrence.pack(layer.cell.initial(np.random.default_rng(0), INPUTS, HIDDEN))
    xs = backend.put(np.zeros((STEPS, EXAMPLES, INPUTS)))
    state = backend.put((np.zeros((EXAMPLES, HIDDEN)),) * 2)
    compiled = jax.jit(recurrence.apply).lower(params, xs, state).compile().as_text()
    (loop,) = [line for line in compiled.splitlines() if " while(" in line]
    assert loop.partition(" while(")[0].count(f"[{STEPS},{EXAMPLES},{HIDDEN}]") == 1


class Stranger(Cell):
    name = "stranger"
    gates = ("h",)

    def step(self, xp: Any, p: Any, x: Any, state: Any) -> Any:
        return (xp.sin(x @ p["w_x"][0] + state[0] @ p["w_h"][0] + p["b"][0]),)


class Variation(type(CELLS["lstm"])):
    """A subclass may compute something else."""

    name = "variation"


@pytest.mark.parametrize("cell", [Stranger, Variation])
def test_other_cells_have_no_kernel(cell: type[Cell]) -> None:
    assert JaxBackend().kernel(Layer(cell(), INPUTS, HIDDEN), "fused") is None


def test_other_cells_scan() -> None:
    backend, layer = JaxBackend(), Layer(Stranger(), INPUTS, HIDDEN)
    recurrence = backend.kernel(layer, "scan")
    params = recurrence.pack(layer.cell.initial(np.random.default_rng(0), INPUTS, HIDDEN))
    xs, h = np.ones((STEPS, EXAMPLES, INPUTS)), np.zeros((EXAMPLES, HIDDEN))
    ys, (final,) = recurrence.apply(params, *backend.put((xs, (h,))))
    assert np.array_equal(ys[-1], final)
