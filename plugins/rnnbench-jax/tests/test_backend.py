import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from rnnbench import Batch, Optimizer
from rnnbench.conformance import CELLS, small_input, small_model
from rnnbench_jax import backend as module
from rnnbench_jax.backend import JaxBackend

MODEL = small_model("one-hot", CELLS["gru"])


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_importing_the_plugin_imports_no_framework() -> None:
    assert run("import sys, rnnbench_jax; print({'jax', 'optax'} & sys.modules.keys())") == "set()"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists a process's threads")
@pytest.mark.parametrize("threads", [1, 3])
def test_threads_are_set_and_read_back(threads: int) -> None:
    code = f"from rnnbench_jax.backend import JaxBackend as B; print(B.configure({threads}))"
    assert run(code) == str(threads)


def test_threads_are_unknown_where_nothing_lists_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Path, "glob", lambda self, pattern: iter(()))
    assert module.pool_threads() is None


def test_a_thread_that_ends_while_they_are_counted_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "comm").write_text("tf_XLAEigen\n")
    found = [tmp_path / "comm", tmp_path / "ended" / "comm"]
    monkeypatch.setattr(module.Path, "glob", lambda self, pattern: iter(found))
    assert module.pool_threads() == 1


def test_both_dtypes_live_in_one_process() -> None:
    """A float64 backend changes nothing for a float32 one, built before or after it."""
    state, batch = small_input(MODEL, 0)
    results = {}
    for name, dtype in [("first", "float32"), ("wide", "float64"), ("second", "float32")]:
        backend = JaxBackend("cpu", dtype)
        program = backend.program(MODEL, MODEL.initial(0), "fused", Optimizer("rmsprop", clip=1.0))
        own_state, own_batch = backend.put(state), backend.put(batch)
        loss, final = program.train_step(own_state, own_batch)
        arrays = jax.tree.leaves((own_state, own_batch, loss, final, program.trained))
        assert {str(array.dtype) for array in arrays} == {dtype, "int32"}
        results[name] = loss
    assert not jax.config.jax_enable_x64
    assert float(results["first"]) == float(results["second"])
    assert abs(float(results["first"]) - float(results["wide"])) < 1e-5


def test_put_copies() -> None:
    array = np.ones(1024, np.float32)
    own = JaxBackend().put(array)
    array[:] = 2
    assert float(own[0]) == 1


def test_everything_lies_on_the_device_asked_for() -> None:
    """Two devices of the CPU stand in for a CPU and a GPU; nothing may pass between them."""
    backend, model = JaxBackend(), small_model("embedding", CELLS["lstm"])
    backend.place = jax.devices("cpu")[1]  # see conftest.py
    state, batch = (backend.put(part) for part in small_input(model, 0))
    for variant in ("fused", "scan"):
        rule = Optimizer("adam", clip=1.0)
        program = backend.program(model, model.initial(0), variant, rule)
        with jax.transfer_guard("disallow"):
            seen = program.forward(state, batch), program.train_step(state, batch)
        arrays = jax.tree.leaves((seen, program.trained))
        assert {device for array in arrays for device in array.devices()} == {backend.place}


def test_no_peak_memory_on_a_cpu() -> None:
    backend = JaxBackend()
    backend.reset_peak_memory()
    assert backend.peak_memory() is None


def test_a_peak_below_an_older_one_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = iter([100, 100, 150])
    backend = JaxBackend()
    monkeypatch.setattr(backend, "_peak", lambda: next(peaks))
    backend.reset_peak_memory()
    assert backend.peak_memory() is None
    assert backend.peak_memory() == 150


def test_tokens_are_int32_in_either_dtype() -> None:
    for dtype in ("float32", "float64"):
        batch = JaxBackend("cpu", dtype).put(Batch(np.zeros((2, 1), np.int64), np.zeros((1, 1))))
        assert (str(batch.inputs.dtype), str(batch.targets.dtype)) == ("int32", dtype)
