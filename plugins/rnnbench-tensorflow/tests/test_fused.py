"""What XLA compiles: the hand-written gradient where a model's parity does not look, and `xla`."""

import numpy as np
import pytest
import tensorflow as tf

from rnnbench import GRU, LSTM, Layer, Optimizer, Unsupported
from rnnbench.conformance import CELLS, named, parity, small_input, small_model
from rnnbench_tensorflow.backend import TensorFlowBackend

STEPS, EXAMPLES, INPUTS, HIDDEN = 6, 3, 5, 4


@pytest.fixture(scope="module")
def backend():
    return TensorFlowBackend("cpu", "float64")


def gradients(backend, variant, cell, *, padded, compiled):
    """Differentiate outputs and final state by parameters, inputs and the first state."""
    recurrence = backend.kernel(Layer(cell, INPUTS, HIDDEN), variant)
    rng = np.random.default_rng(0)
    params = recurrence.pack(cell.initial(rng, INPUTS, HIDDEN))
    xs = backend.put(rng.standard_normal((STEPS, EXAMPLES, INPUTS)))
    state = backend.put(tuple(rng.standard_normal((EXAMPLES, HIDDEN)) for _ in cell.state))
    weights = backend.put(rng.standard_normal((STEPS, EXAMPLES, HIDDEN)))
    mask = tf.constant(np.arange(STEPS)[:, None] < np.array([6, 4, 1])) if padded else None

    @tf.function(autograph=False, jit_compile=compiled)
    def run():
        with tf.GradientTape() as tape:
            tape.watch((xs, state))
            ys, final = recurrence.apply(params, xs, state, mask)
            cost = tf.reduce_sum(ys * weights) + sum(tf.reduce_sum(tf.sin(part)) for part in final)
        return tape.gradient(cost, (params, xs, state))

    of_params, of_xs, of_state = run()
    parts = {f"state {k}": part.numpy() for k, part in enumerate(of_state)}
    found = recurrence.unpack({name: part.numpy() for name, part in of_params.items()})
    return found | parts | {"inputs": of_xs.numpy()}


@pytest.mark.parametrize("padded", [False, True], ids=["whole", "padded"])
@pytest.mark.parametrize("cell", list(CELLS))
def test_every_gradient(backend, cell, padded):
    ours = gradients(backend, "fused", CELLS[cell], padded=padded, compiled=False)
    theirs = gradients(backend, "graph", CELLS[cell], padded=padded, compiled=False)
    assert parity.worst(ours, theirs).error < 1e-12


def test_compiled_it_is_the_same(backend):
    plain, xla = (
        gradients(backend, "fused", GRU(), padded=True, compiled=compiled)
        for compiled in (False, True)
    )
    assert parity.worst(xla, plain).error < 1e-12


def test_xla_is_graph_compiled(backend):
    model = small_model("padded", LSTM())
    state, batch = (backend.put(tree) for tree in small_input(model, 0))
    programs = [
        backend.program(model, model.initial(0), variant, Optimizer())
        for variant in ("xla", "graph")
    ]
    (loss, ours), (truth, theirs) = (program.gradient(state, batch) for program in programs)
    assert abs(loss - truth) < 1e-12
    assert parity.worst(named("", ours), named("", theirs)).error < 1e-12


def test_other_cells_have_no_kernel(backend):
    class Variation(LSTM):
        """A subclass may compute something else."""

        name = "variation"

    assert backend.kernel(Layer(Variation(), INPUTS, HIDDEN), "fused") is None
    model = small_model("last", Variation())
    with pytest.raises(Unsupported, match="variation"):
        backend.program(model, model.initial(0), "fused", Optimizer())
