"""Programs over many steps: what is compiled, what is donated, what is kept."""

import gc
from itertools import pairwise

import jax
import numpy as np
import pytest

from rnnbench import Batch, Optimizer, Program, States
from rnnbench.conformance import CELLS, named, small_input, small_model
from rnnbench_jax.backend import JaxBackend

MODEL = small_model("one-hot", CELLS["lstm"])


def built(variant: str = "fused", dtype: str = "float32") -> tuple[Program, States, Batch]:
    """Return a program with a state and a batch to run it on."""
    backend = JaxBackend("cpu", dtype)
    program = backend.program(MODEL, MODEL.initial(0), variant, Optimizer("adam", clip=1.0))
    state, batch = small_input(MODEL, 0)
    return program, backend.put(state), backend.put(batch)


@pytest.mark.parametrize(("variant", "dtype"), [("fused", "float32"), ("scan", "float64")])
def test_one_shape_compiles_once(variant: str, dtype: str) -> None:
    program, state, batch = built(variant, dtype)
    assert program.traces() == 0
    for _ in range(5):
        _, state = program.train_step(state, batch)
        program.forward(state, batch)
        program.gradient(state, batch)
    # Train, forward, gradient: one each.
    assert program.traces() == 3


def test_parameters_are_readable_between_steps() -> None:
    program, state, batch = built()
    losses, seen = [], [named("", program.params())]
    for _ in range(3):
        loss, _ = program.train_step(state, batch)
        losses.append(loss)
        seen.append(named("", program.params()))
    copies = [{name: array.copy() for name, array in params.items()} for params in seen]
    program.train_step(state, batch)
    program.wait()
    for before, after in zip(seen, copies, strict=True):
        assert all(np.array_equal(before[name], after[name]) for name in before)
    assert all(np.any(a[n] != b[n]) for a, b in pairwise(seen) for n in a)
    assert float(losses[0]) > float(losses[1]) > float(losses[2])


def test_state_and_batch_are_not_donated() -> None:
    program, state, batch = built()
    _, carried = program.train_step(state, batch)
    program.train_step(carried, batch)
    program.wait()
    assert not any(array.is_deleted() for array in jax.tree.leaves((state, carried, batch)))


def test_old_parameters_are_given_up() -> None:
    program, state, batch = built()
    program.train_step(state, batch)
    program.wait()
    old = jax.tree.leaves(program.trained)
    program.train_step(state, batch)
    program.wait()
    assert all(array.is_deleted() for array in old)


@pytest.mark.parametrize("variant", ["fused", "scan"])
def test_memory_does_not_grow(variant: str) -> None:
    program, state, batch = built(variant)

    def arrays(steps: int) -> int:
        carried = state
        for _ in range(steps):
            _, carried = program.train_step(carried, batch)
            program.forward(carried, batch)
        program.wait()
        gc.collect()
        return sum(array.nbytes for array in jax.live_arrays())

    assert arrays(2) == arrays(200)


def test_wait_covers_the_forward_pass() -> None:
    program, state, batch = built()
    outputs, _ = program.forward(state, batch)
    program.wait()
    assert outputs.is_ready()
