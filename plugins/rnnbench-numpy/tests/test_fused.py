"""The edges of the hand-written recurrence; the oracle is the portable cell in float64."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from autograd import elementwise_grad, grad
from autograd.core import make_vjp

from rnnbench import GRU, LSTM, Batch, Cell, Elman, Layer, Optimizer
from rnnbench.conformance import small_model
from rnnbench_numpy.backend import NumpyBackend, blas_of

CELLS = {"elman": Elman(), "elman-relu": Elman("relu"), "lstm": LSTM(), "gru": GRU()}
INPUTS, HIDDEN = 3, 4


@pytest.fixture(params=CELLS)
def cell(request: pytest.FixtureRequest) -> Cell:
    return CELLS[request.param]


def problem(cell: Cell, steps: int, batch: int, seed: int = 0) -> tuple[Any, Any, Any]:
    """Parameters none of which is zero, inputs and a state."""
    rng = np.random.default_rng(seed)
    params = {
        name: 0.5 * rng.standard_normal(shape)
        for name, shape in cell.shapes(INPUTS, HIDDEN).items()
    }
    state = tuple(rng.standard_normal((batch, HIDDEN)) for _ in cell.state)
    return params, rng.standard_normal((steps, batch, INPUTS)), state


def recurrence(cell: Cell, variant: str = "fused", dtype: str = "float64") -> Any:
    return NumpyBackend("cpu", dtype).kernel(Layer(cell, INPUTS, HIDDEN), variant)


def weigh(ys: Any, state: Any) -> Any:
    """A scalar that every output and every part of the final state moves unlike its neighbours."""
    parts = (ys, *state)
    ramps = (np.cos(np.arange(p.size) + k).reshape(p.shape) for k, p in enumerate(parts))
    return sum(
        (part * ramp.astype(part.dtype)).sum() for part, ramp in zip(parts, ramps, strict=True)
    )


def gradients(
    run: Any, params: Any, xs: Any, state: Any, cost: Any = weigh
) -> tuple[dict[str, np.ndarray], np.ndarray, Any]:
    native = run.pack(params)

    def loss(p: Any, x: Any, s: Any) -> Any:
        return cost(*run.apply(p, x, s))

    of_params, of_xs, of_state = grad(loss, (0, 1, 2))(native, xs, state)
    return run.unpack(of_params), of_xs, of_state


def close(ours: Any, theirs: Any) -> None:
    params, xs, state = ours
    assert params.keys() == theirs[0].keys()
    for name in params:
        np.testing.assert_allclose(params[name], theirs[0][name], rtol=0, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(xs, theirs[1], rtol=0, atol=1e-12)
    for part, other in zip(state, theirs[2], strict=True):
        np.testing.assert_allclose(part, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("steps", "batch"), [(1, 1), (1, 3), (6, 1), (5, 2)])
@pytest.mark.parametrize("of", ["both", "outputs", "state"])
def test_every_gradient(cell: Cell, steps: int, batch: int, of: str) -> None:
    """Of parameters, inputs and initial state, from the outputs, the final state, and both.

    Of few steps the gates are halved, of others (5 · 2 are more than 3 + 1 + 4) the weights.
    """
    costs = {
        "both": weigh,
        "outputs": lambda ys, state: weigh(ys, ()),
        "state": lambda ys, state: weigh(state[-1], ()),
    }
    data = problem(cell, steps, batch)
    ours, theirs = (
        gradients(recurrence(cell, variant), *data, costs[of]) for variant in ("fused", "autograd")
    )
    close(ours, theirs)


def test_more_steps_than_a_block(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A last block that is shorter than the others, and blocks of one step."""
    data = problem(cell, 7, 2)
    theirs = gradients(recurrence(cell, "autograd"), *data)
    for steps in (1, 3):
        width = 2 * len(cell.gates) * HIDDEN
        monkeypatch.setattr("rnnbench_numpy.kernel.BLOCK", steps * width)
        close(gradients(recurrence(cell), *data), theirs)


def test_applied_twice_before_a_backward(cell: Cell) -> None:
    """One recurrence used twice in one function keeps both sequences apart."""
    params, xs, state = problem(cell, 4, 2)

    def twice(run: Any) -> Any:
        def loss(native: Any) -> Any:
            ys, final = run.apply(native, xs, state)
            return weigh(*run.apply(native, 2 * xs + ys[..., :1], final))

        return run.unpack(grad(loss)(run.pack(params)))

    ours, theirs = (twice(recurrence(cell, variant)) for variant in ("fused", "autograd"))
    for name in theirs:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=0, atol=1e-11)


def test_backward_twice(cell: Cell) -> None:
    """A backward leaves what it read as it was, also if another forward came between."""
    params, xs, state = problem(cell, 4, 2)
    run = recurrence(cell)
    native = run.pack(params)
    vjp, value = make_vjp(lambda p: weigh(*run.apply(p, xs, state)), native)
    first = vjp(np.ones_like(value))
    run.apply(native, -xs, state)
    make_vjp(lambda p: weigh(*run.apply(p, -xs, state)), native)
    second = vjp(np.ones_like(value))
    for name in native:
        np.testing.assert_array_equal(first[name], second[name])


def test_changed_shapes(cell: Cell) -> None:
    """One recurrence serves other lengths and batch sizes, there and back."""
    run, oracle = recurrence(cell), recurrence(cell, "autograd")
    for seed, (steps, batch) in enumerate([(3, 2), (5, 4), (3, 2), (2, 4)]):
        data = problem(cell, steps, batch, seed)
        close(gradients(run, *data), gradients(oracle, *data))


def test_forward_alone_is_the_traced_forward(cell: Cell) -> None:
    """Keeping nothing for a gradient changes no bit."""
    params, xs, state = problem(cell, 5, 3)
    run = recurrence(cell)
    native = run.pack(params)
    traced: list[np.ndarray] = []

    def loss(p: Any) -> Any:
        ys, final = run.apply(p, xs, state)
        traced.extend(part._value for part in (ys, *final))
        return weigh(ys, final)

    make_vjp(loss, native)
    ys, final = run.apply(native, xs, state)
    for ours, theirs in zip((ys, *final), traced, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_forward_alone_keeps_less(cell: Cell) -> None:
    """The buffers of a forward without a gradient are smaller."""
    params, xs, state = problem(cell, 50, 2)
    run = recurrence(cell)
    tracemalloc.start()
    run.apply(run.pack(params), xs, state)
    alone = tracemalloc.get_traced_memory()[0]
    gradients(run, params, xs, state)
    both = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert alone < both - alone


def test_returned_arrays_are_not_overwritten(cell: Cell) -> None:
    """Outputs, final state and gradients survive whatever is run next."""
    params, xs, state = problem(cell, 4, 2)
    run = recurrence(cell)
    native = run.pack(params)
    ys, final = run.apply(native, xs, state)
    found = gradients(run, params, xs, state)
    held = [ys, *final, *found[0].values(), found[1], *found[2]]
    copies = [array.copy() for array in held]
    run.apply(native, -xs, state)
    gradients(run, params, -xs, state)
    for array, copy in zip(held, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_arguments_are_not_written_to(cell: Cell) -> None:
    params, xs, state = problem(cell, 4, 2)
    run = recurrence(cell)
    arrays = [*params.values(), xs, *state]
    copies = [array.copy() for array in arrays]
    gradients(run, params, xs, state)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_strided_inputs(cell: Cell) -> None:
    """Inputs that are a view, reversed in time or batch-major, are as good as others."""
    params, xs, state = problem(cell, 4, 2)
    run = recurrence(cell)
    native = run.pack(params)
    batch_major = np.ascontiguousarray(xs.transpose(1, 0, 2)).transpose(1, 0, 2)
    expected, _ = run.apply(native, xs, state)
    np.testing.assert_array_equal(run.apply(native, batch_major, state)[0], expected)
    flipped, _ = run.apply(native, np.ascontiguousarray(xs[::-1])[::-1], state)
    np.testing.assert_array_equal(flipped, expected)


def test_single_precision_stays_single(cell: Cell) -> None:
    params, xs, state = problem(cell, 4, 2)
    run = recurrence(cell, dtype="float32")
    xs, state = xs.astype("float32"), tuple(s.astype("float32") for s in state)
    ys, final = run.apply(run.pack(params), xs, state)
    of_params, of_xs, of_state = gradients(run, params, xs, state)
    for array in (ys, *final, *of_params.values(), of_xs, *of_state):
        assert array.dtype == np.float32


def test_large_activations_stay_finite(cell: Cell) -> None:
    """A saturated gate neither overflows nor warns."""
    params, xs, state = problem(cell, 3, 2)
    if cell == Elman("relu"):
        pytest.skip("relu does not saturate")
    run = recurrence(cell, dtype="float32")
    xs, state = (1e6 * xs).astype("float32"), tuple(s.astype("float32") for s in state)
    of_params, of_xs, of_state = gradients(run, params, xs, state)
    assert all(np.isfinite(a).all() for a in (*of_params.values(), of_xs, *of_state))


def test_second_derivative_is_refused() -> None:
    params, xs, state = problem(LSTM(), 2, 1)
    run = recurrence(LSTM())
    native = run.pack(params)
    first = elementwise_grad(lambda x: weigh(*run.apply(native, x, state)))
    with pytest.raises(NotImplementedError, match="VJP"):
        grad(lambda x: (first(x) ** 2).sum())(xs)


def test_layout_comes_back(cell: Cell) -> None:
    params, _, _ = problem(cell, 1, 1)
    run = recurrence(cell)
    back = run.unpack(run.pack(params))
    assert back.keys() == params.keys()
    for name in params:
        np.testing.assert_array_equal(back[name], params[name])


def test_another_cell_has_no_kernel() -> None:
    """Even one that is derived from a known cell: its equations may be others."""

    class Peephole(LSTM):
        name = "peephole"

    assert NumpyBackend().kernel(Layer(Peephole(), 2, 2), "fused") is None


def test_versions_name_the_blas() -> None:
    assert {"numpy", "autograd"} < NumpyBackend.versions().keys()


@pytest.mark.parametrize("order", [1, -1])
def test_the_blas_is_that_of_numpy_in_whichever_order_they_are_listed(order: int) -> None:
    libraries = Path(np.__file__).parent.with_name("numpy.libs"), Path("/elsewhere/scipy.libs")
    pools = [
        {
            "user_api": "blas",
            "internal_api": "openblas",
            "version": version,
            "filepath": str(folder / "libopenblas.so"),
        }
        for folder, version in zip(libraries, ("0.3.31", "0.3.30"), strict=True)
    ]
    pools.append({"user_api": "openmp", "internal_api": "openmp", "version": None, "filepath": "/"})
    assert blas_of(pools[::order]) == {"openblas": "0.3.31"}
    assert blas_of(pools[1:]) == {"openblas": "0.3.30"}


def test_memory_does_not_grow_with_steps(cell: Cell) -> None:
    """Buffers are used again, without waiting for the garbage collector."""
    model = small_model("embedding", cell, hidden=16)
    backend = NumpyBackend("cpu", "float32")
    program = backend.program(model, model.initial(0), "fused", Optimizer())
    rng = np.random.default_rng(0)
    shape = (200, 8)
    batch = backend.put(Batch(rng.integers(0, 6, shape), rng.integers(0, 3, shape)))
    state = backend.put(model.zero_state(8))

    def train(steps: int) -> int:
        nonlocal state
        for _ in range(steps):
            _, state = program.train_step(state, batch)
            program.forward(state, batch)
        return tracemalloc.get_traced_memory()[0]

    gc.disable()
    tracemalloc.start()
    try:
        before, after = train(3), train(10)
    finally:
        tracemalloc.stop()
        gc.enable()
    outputs = 4 * 200 * 8 * 16
    # The interpreter's own free lists fill up by a few kilobytes a step.
    assert after - before < outputs
