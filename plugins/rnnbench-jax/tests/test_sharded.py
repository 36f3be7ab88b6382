"""Batches that are split over devices: the CPU is two of them here, see conftest.py."""

import jax
import numpy as np
import pytest

from rnnbench import Optimizer, Program, Unsupported
from rnnbench.conformance import CELLS, OPTIMIZERS, named, parity, small_input, small_model
from rnnbench_jax.backend import JaxBackend

TWO = ("cpu:0", "cpu:1")
#: One of each family, with what they may have.
RULES = {
    "sgd": Optimizer("sgd", lr=0.1, momentum=0.5, nesterov=True, clip_value=0.01),
    "rmsprop": Optimizer("rmsprop", lr=0.01, clip=0.05),
    "adam": OPTIMIZERS["adam-clipped"],
    "adamw": Optimizer("adamw", lr=0.01, weight_decay=0.1),
}


@pytest.mark.parametrize(
    ("kind", "variant", "cell", "optimizer"),
    [
        ("lengths", "fused", "lstm", "adamw"),
        ("lengths", "scan", "gru", "rmsprop"),
        ("one-hot", "fused", "gru", "adam"),
        ("seq2seq", "scan", "lstm", "sgd"),
    ],
)
def test_they_compute_what_the_oracle_does_of_the_whole_batch(
    kind: str, variant: str, cell: str, optimizer: str
) -> None:
    model = small_model(kind, CELLS[cell])
    backend = JaxBackend("cpu", "float64")
    found = parity.check(backend, model, variant, RULES[optimizer], 3, devices=TWO)
    assert found.error <= 1e-9


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


def test_a_program_that_is_reset_trains_to_the_same_bits() -> None:
    backend, program = built()
    first = program.params()
    state, batch = (backend.put(part) for part in small_input(program.model, 0, devices=2))  # type: ignore[attr-defined]
    ends = []
    for _ in range(2):
        program.reset(first)
        for _ in range(3):
            program.train_step(state, batch)
        ends.append(named("", program.params()))
    assert all(np.array_equal(ends[0][name], ends[1][name]) for name in ends[0])


@pytest.mark.parametrize("missing", ["cpu:9", "gpu:99"])
def test_devices_that_are_not_here_are_named(missing: str) -> None:
    backend, model = JaxBackend("cpu", "float32"), small_model("last", CELLS["lstm"])
    with pytest.raises(Unsupported, match=f"jax has no device '{missing}' here"):
        backend.program_on(("cpu:0", missing), model, model.initial(0), "fused", OPTIMIZERS["adam"])


def test_gpus_compute_what_the_oracle_does() -> None:
    gpus = JaxBackend.devices()[1:]
    if len(gpus) < 2:
        pytest.skip("two GPUs are needed")
    backend, model = JaxBackend("gpu:0", "float64"), small_model("lengths", CELLS["lstm"])
    found = parity.check(backend, model, "fused", OPTIMIZERS["adam"], 3, devices=gpus[:2])
    assert found.error <= 1e-9
