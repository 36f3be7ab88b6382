"""Tracing, memory, and the settings of the process."""

import gc

import numpy as np
import psutil
import pytest
import tensorflow as tf

from rnnbench import LSTM, Batch, Optimizer
from rnnbench.conformance import small_input, small_model
from rnnbench_tensorflow import INFO
from rnnbench_tensorflow.backend import TensorFlowBackend
from rnnbench_tensorflow.layers import KerasRecurrence

MODEL = small_model("embedding", LSTM(), hidden=8)


@pytest.fixture(scope="module")
def backend():
    return TensorFlowBackend("cpu", "float32")


@pytest.fixture(scope="module", params=[v for v in INFO.variants if v != "parallel"])
def program(request, backend):
    return backend.program(MODEL, MODEL.initial(0), request.param, Optimizer(clip=1.0))


def test_one_trace_per_shape(backend, program):
    state, batch = (backend.put(part) for part in small_input(MODEL, 0))
    _, state = program.train_step(state, batch)
    first = program.traces()
    for seed in range(5):
        _, fresh = small_input(MODEL, seed)
        _, state = program.train_step(state, backend.put(fresh))
    assert program.traces() == first
    shorter = Batch(batch.inputs[1:], batch.targets[1:])
    program.train_step(state, shorter)
    assert program.traces() > first


def test_memory_does_not_grow_with_steps(backend, program):
    state, batch = (backend.put(part) for part in small_input(MODEL, 0))

    def run(steps: int) -> tuple[int, int]:
        carried = state
        for _ in range(steps):
            loss, carried = program.train_step(carried, batch)
        backend.numpy(loss)
        gc.collect()
        return psutil.Process().memory_info().rss, len(gc.get_objects())

    run(100)
    bytes_before, objects_before = run(10)
    bytes_after, objects_after = run(500)
    assert objects_after - objects_before < 100
    assert bytes_after - bytes_before < 16 * 2**20


def test_put_copies(backend):
    array = np.ones((64, 64), np.float32)
    tensor = backend.put(array)
    array[:] = 2
    assert (backend.numpy(tensor) == 1).all()


def test_params_are_copies(backend, program):
    before = program.params()
    kept = before["readout"]["w"].copy()
    state, batch = (backend.put(part) for part in small_input(MODEL, 0))
    program.train_step(state, batch)
    assert np.array_equal(before["readout"]["w"], kept)
    assert not np.array_equal(program.params()["readout"]["w"], kept)


def test_no_layer_is_built_for_a_reset(backend, monkeypatch):
    program = backend.program(MODEL, MODEL.initial(0), "keras", Optimizer())
    monkeypatch.setattr(KerasRecurrence, "_build", None)  # which takes longer than many steps
    program.reset(MODEL.initial(1))
    for group, arrays in MODEL.initial(1).items():
        for name, array in arrays.items():
            assert np.array_equal(program.params()[group][name], array.astype(np.float32))


def test_what_is_around_a_keras_layer_is_reset_too(backend):
    model = small_model("padded", LSTM(), hidden=8)
    program = backend.program(model, model.initial(0), "keras", Optimizer())
    program.reset(model.initial(1))
    for group, arrays in model.initial(1).items():
        for name, array in arrays.items():
            assert np.array_equal(program.params()[group][name], array.astype(np.float32))


def test_configured_once_and_again():
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    assert TensorFlowBackend.configure(threads) == threads
    assert tf.config.threading.get_inter_op_parallelism_threads() == 1
    assert not tf.config.experimental.tensor_float_32_execution_enabled()


def test_memory_of_the_allocator_is_told_on_a_gpu_alone(backend):
    assert backend.peak_memory() is None
    backend.reset_peak_memory()
