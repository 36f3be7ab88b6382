"""Where batches that are split over devices lie: the CPU is three of them here, see conftest.py.

What is computed of them is held against the oracle by the conformance kit.
"""

import numpy as np
import pytest

from rnnbench import Unsupported
from rnnbench.conformance import CELLS, OPTIMIZERS, parity, small_input, small_model
from rnnbench_tensorflow.backend import TensorFlowBackend
from rnnbench_tensorflow.mirrored import MirroredProgram

TWO = ("cpu:0", "cpu:1")


def test_a_process_may_have_rows_of_several_numbers_of_devices() -> None:
    backend, model = TensorFlowBackend("cpu", "float64"), small_model("last", CELLS["gru"])
    for devices in (TWO, (*TWO, "cpu:2")):
        found = parity.check(
            backend, model, "graph", OPTIMIZERS["adam-clipped"], 3, devices=devices
        )
        assert found.error <= 1e-9


@pytest.fixture(scope="module")
def program() -> MirroredProgram:
    """A program of two devices."""
    backend, model = TensorFlowBackend("cpu", "float32"), small_model("last", CELLS["lstm"])
    made = backend.program_on(TWO, model, model.initial(0), "graph", OPTIMIZERS["adam"])
    assert isinstance(made, MirroredProgram)
    return made


def test_each_device_has_all_parameters(program: MirroredProgram) -> None:
    state, batch = (program.put(part) for part in small_input(program.model, 0, devices=2))
    for _ in range(3):
        program.train_step(state, batch)
    for variable in program.flat:
        copies = program.strategy.experimental_local_results(variable)
        assert [copy.device[-5:] for copy in copies] == ["CPU:0", "CPU:1"]
        np.testing.assert_array_equal(copies[0].numpy(), copies[1].numpy())


def test_each_replica_is_given_its_share(program: MirroredProgram) -> None:
    state, batch = (program.put(part) for part in small_input(program.model, 0, devices=2))
    _, dealt = program._dealt(state, batch)
    shapes = [part.shape for part in program.strategy.experimental_local_results(dealt.inputs)]
    assert shapes == [(5, 3, 2), (5, 3, 2)]


def test_a_share_of_the_cpu_that_is_not_here_is_named() -> None:
    backend, model = TensorFlowBackend("cpu", "float32"), small_model("last", CELLS["lstm"])
    with pytest.raises(Unsupported, match="tensorflow has no device 'cpu:9' here"):
        backend.program_on(("cpu:0", "cpu:9"), model, {}, "graph", OPTIMIZERS["adam"])
