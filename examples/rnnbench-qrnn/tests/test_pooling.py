from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnbench import GRU, Model, Optimizer, Problem, Spec, Stack, Unsupported
from rnnbench.conformance import parity
from rnnbench_jax.backend import JaxBackend
from rnnbench_qrnn import rnnbench_kernels
from rnnbench_qrnn.cell import QRNN

STEPS, EXAMPLES, INPUTS, HIDDEN = 1000, 2, 5, 4
TOLERANCE = 1e-10


def jax_backend(dtype: str = "float64") -> JaxBackend:
    backend = JaxBackend("cpu", dtype)
    backend.added_kernels = rnnbench_kernels()
    return backend


def run(variant: str, steps: int, start: int = 0, state: Any = None) -> dict[str, np.ndarray]:
    """Return outputs, final state, and the gradients by parameters, inputs and first state."""
    backend, model = jax_backend(), Model(Stack(), Spec(Problem(INPUTS, 1), QRNN(), HIDDEN))
    recurrence: Any = backend.ops(model, variant).kernels["layers.0"]
    rng = np.random.default_rng(0)
    params = recurrence.pack(QRNN().initial(rng, INPUTS, HIDDEN))
    xs = backend.put(rng.standard_normal((STEPS, EXAMPLES, INPUTS))[start : start + steps])
    drawn = (rng.standard_normal((EXAMPLES, HIDDEN)), rng.standard_normal((EXAMPLES, HIDDEN)))
    weights = backend.put(rng.standard_normal((STEPS, EXAMPLES, HIDDEN))[start : start + steps])

    def cost(params: Any, xs: Any, state: Any) -> Any:
        ys, final = recurrence.apply(params, xs, state)
        return jnp.sum(ys * weights) + jnp.sum(jnp.sin(final[1])), (ys, final)

    with backend.scope():
        slopes = jax.jit(jax.grad(cost, argnums=(0, 1, 2), has_aux=True))
        (d_params, d_xs, d_state), (ys, final) = slopes(
            params, xs, backend.put(drawn if state is None else state)
        )
    ends = {"final": final[1], "final h": final[0]}
    seen = {"ys": ys, **ends, "d xs": d_xs, "d state": d_state[1], **d_params}
    return {name: np.asarray(array) for name, array in seen.items()}


@pytest.fixture(scope="module")
def scan() -> dict[str, np.ndarray]:
    """The whole sequence, a step after the other."""
    return run("scan", STEPS)


def test_agrees_with_the_sequential_one_over_a_long_sequence(scan: dict[str, np.ndarray]) -> None:
    pooling = run("pooling", STEPS)
    assert parity.worst(pooling, scan).error < TOLERANCE
    assert pooling["ys"].dtype == np.float64
    assert np.abs(scan["d state"]).max() > 0


@pytest.mark.parametrize("middle", [1, 333, STEPS - 1])
def test_state_is_carried(middle: int, scan: dict[str, np.ndarray]) -> None:
    first = run("pooling", middle)
    second = run("pooling", STEPS - middle, middle, (first["final h"], first["final"]))
    halves = np.concatenate([first["ys"], second["ys"]])
    assert parity.error(halves, scan["ys"]) < TOLERANCE
    assert parity.error(second["final"], scan["final"]) < TOLERANCE


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("layers", [1, 2])
def test_trains_as_the_oracle_does(dtype: str, layers: int) -> None:
    model = Model(Stack(), Spec(Problem(INPUTS, 2), QRNN(), HIDDEN, layers))
    found = parity.check(jax_backend(dtype), model, "pooling", Optimizer(), seed=1)
    assert found.error < parity.TOLERANCE[dtype]


def test_sequences_of_several_lengths() -> None:
    model = Model(Stack(), Spec(Problem(INPUTS, 2, lengths=True), QRNN(), HIDDEN, layers=2))
    found = parity.check(jax_backend("float64"), model, "pooling", Optimizer(), seed=1)
    assert found.error < parity.TOLERANCE["float64"]


def test_other_cells_are_refused() -> None:
    with pytest.raises(Unsupported, match="qrnn"):
        jax_backend().ops(Model(Stack(), Spec(Problem(INPUTS, 1), GRU(), HIDDEN)), "pooling")


def test_fused_variants_of_its_own_refuse_it() -> None:
    with pytest.raises(Unsupported, match="qrnn"):
        jax_backend().ops(Model(Stack(), Spec(Problem(INPUTS, 1), QRNN(), HIDDEN)), "fused")
