"""Batches that are split over devices: the CPU is three of them here, see conftest.py."""

import numpy as np
import pytest
import tensorflow as tf

from rnnbench import Optimizer, Unsupported
from rnnbench.conformance import CELLS, OPTIMIZERS, named, parity, small_input, small_model
from rnnbench_tensorflow.backend import TensorFlowBackend
from rnnbench_tensorflow.mirrored import MirroredProgram

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
        ("tcn", "graph", "gru", "adamw"),
        ("one-hot", "keras", "lstm", "rmsprop"),
        ("last", "xla", "lstm", "adam"),
        ("last", "fused", "gru", "sgd"),
    ],
)
def test_they_compute_what_the_oracle_does_of_the_whole_batch(
    kind: str, variant: str, cell: str, optimizer: str
) -> None:
    backend, model = TensorFlowBackend("cpu", "float64"), small_model(kind, CELLS[cell])
    found = parity.check(backend, model, variant, RULES[optimizer], 3, devices=TWO)
    assert found.error <= 1e-9


def test_a_process_may_have_rows_of_several_numbers_of_devices() -> None:
    backend, model = TensorFlowBackend("cpu", "float64"), small_model("last", CELLS["gru"])
    for devices in (TWO, (*TWO, "cpu:2")):
        found = parity.check(backend, model, "graph", RULES["adam"], 3, devices=devices)
        assert found.error <= 1e-9


@pytest.fixture(scope="module")
def program() -> MirroredProgram:
    """A program of two devices."""
    backend, model = TensorFlowBackend("cpu", "float32"), small_model("last", CELLS["lstm"])
    made = backend.program_on(TWO, model, model.initial(0), "graph", OPTIMIZERS["adam"])
    assert isinstance(made, MirroredProgram)
    return made


def test_each_device_has_all_parameters_and_a_reset_program_trains_to_the_same_bits(
    program: MirroredProgram,
) -> None:
    first = program.params()
    state, batch = (program.put(part) for part in small_input(program.model, 0, devices=2))
    ends = []
    for _ in range(2):
        program.reset(first)
        for _ in range(3):
            program.train_step(state, batch)
        ends.append(named("", program.params()))
    assert all(np.array_equal(ends[0][name], ends[1][name]) for name in ends[0])
    for variable in program.flat:
        copies = program.strategy.experimental_local_results(variable)
        assert [copy.device[-5:] for copy in copies] == ["CPU:0", "CPU:1"]
        np.testing.assert_array_equal(copies[0].numpy(), copies[1].numpy())


def test_each_replica_is_given_its_share(program: MirroredProgram) -> None:
    state, batch = (program.put(part) for part in small_input(program.model, 0, devices=2))
    _, dealt = program._dealt(state, batch)
    shapes = [part.shape for part in program.strategy.experimental_local_results(dealt.inputs)]
    assert shapes == [(5, 3, 2), (5, 3, 2)]


@pytest.mark.parametrize("missing", ["cpu:9", "gpu:99"])
def test_devices_that_are_not_here_are_named(missing: str) -> None:
    backend, model = TensorFlowBackend("cpu", "float32"), small_model("last", CELLS["lstm"])
    with pytest.raises(Unsupported, match=f"tensorflow has no device '{missing}' here"):
        backend.program_on(("cpu:0", missing), model, {}, "graph", OPTIMIZERS["adam"])


def test_gpus_compute_what_the_oracle_does() -> None:
    if len(tf.config.list_physical_devices("GPU")) < 2:
        pytest.skip("two GPUs are needed")
    backend, model = TensorFlowBackend("gpu:0", "float64"), small_model("tcn", CELLS["gru"])
    two = ("gpu:0", "gpu:1")
    assert parity.check(backend, model, "graph", OPTIMIZERS["adam"], 3, devices=two).error <= 1e-9
