"""Where batches that are split over devices lie: the CPU is two of them here, see conftest.py.

What is computed of them is held against the oracle by the conformance kit.
"""

import jax
import numpy as np
import pytest

from rnnbench import Program, Unsupported
from rnnbench.conformance import CELLS, OPTIMIZERS, small_input, small_model
from rnnbench_jax.backend import JaxBackend

TWO = ("cpu:0", "cpu:1")


def built() -> tuple[JaxBackend, Program]:
    """Return a program of two devices."""
    backend, model = JaxBackend("cpu", "float32"), small_model("last", CELLS["lstm"])
    return backend, backend.program_on(TWO, model, model.initial(0), "fused", OPTIMIZERS["adam"])


def test_each_device_has_its_share_and_all_parameters() -> None:
    backend, program = built()
    state, batch = (backend.put(part) for part in small_input(program.model, 0, devices=2))  # type: ignore[attr-defined]
    for _ in range(3):
        _, state = program.train_step(state, batch)
    outputs, _ = program.forward(state, batch)
    devices = set(jax.devices("cpu")[:2])
    for split in (outputs, *jax.tree.leaves(state)):
        assert {shard.device for shard in split.addressable_shards} == devices
        assert {len(shard.data) for shard in split.addressable_shards} == {3}
    for whole in jax.tree.leaves(program.trained):  # type: ignore[attr-defined]
        copies = [np.asarray(shard.data) for shard in whole.addressable_shards]
        assert len(copies) == 2
        np.testing.assert_array_equal(*copies)
    assert program.traces() == 2  # one train step, one forward pass


def test_a_share_of_the_cpu_that_is_not_here_is_named() -> None:
    backend, model = JaxBackend("cpu", "float32"), small_model("last", CELLS["lstm"])
    with pytest.raises(Unsupported, match="jax has no device 'cpu:9' here"):
        backend.program_on(("cpu:0", "cpu:9"), model, model.initial(0), "fused", OPTIMIZERS["adam"])
