"""The kernel itself, driven by NumPy: sizes, instruction sets, threads, and what can go wrong."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from autograd.core import make_vjp

from rnnbench import LSTM, Layer, Unsupported
from rnnbench_native import bindings, library
from rnnbench_native.calls import Call, Tapes
from rnnbench_native.layer import native_layer
from rnnbench_numpy.backend import NumpyBackend

from .conftest import CELLS, INPUTS, apart, arguments, error, recurrence

#: T, B, H: one of everything; what fills no vector; more rows than are summed at once, and units
#: that fill several panels.
SIZES = [(1, 1, 1), (5, 3, 7), (4, 5, 16), (30, 19, 70)]


def numpy_backend(dtype: str = "float64") -> NumpyBackend:
    return NumpyBackend("cpu", dtype)


@pytest.fixture(params=["avx512", "avx2", "baseline"])
def instructions(request: pytest.FixtureRequest) -> Iterator[str]:
    best = library.load().rnnbench_instructions()
    if not library.load().rnnbench_choose(request.param.encode()):
        pytest.skip(f"this CPU has no {request.param}")
    yield request.param
    library.load().rnnbench_choose(best)


@pytest.fixture(autouse=True)
def two_threads() -> None:
    library.load().rnnbench_set_threads(2)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("cell", CELLS)
def test_agrees_with_the_loop(
    cell: str, sizes: tuple[int, int, int], masked: bool, instructions: str
) -> None:
    assert apart(numpy_backend(), CELLS[cell], sizes, masked) < 1e-13
    assert apart(numpy_backend("float32"), CELLS[cell], sizes, masked) < 5e-6


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("more", [{}, {"lengths": True}, {"bidirectional": "sum", "lengths": True}])
def test_trains_as_the_oracle_does(dtype: str, cell: str, more: dict[str, Any]) -> None:
    assert error(numpy_backend(dtype), CELLS[cell], 9, **more) < 1


@pytest.mark.parametrize("count", [1, 3, 8])
@pytest.mark.parametrize("cell", CELLS)
def test_any_number_of_threads_gives_the_same_bits(cell: str, count: int) -> None:
    backend, sizes = numpy_backend(), (6, 5, 20)
    expected, *_ = run(backend, CELLS[cell], sizes)
    library.load().rnnbench_set_threads(count)
    assert library.load().rnnbench_threads() == count
    found, *_ = run(backend, CELLS[cell], sizes)
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def run(backend: NumpyBackend, cell: Any, sizes: tuple[int, int, int]) -> Any:
    """Run forward and backward; return the gradients, the call, and what it was given."""
    layer = native_layer(backend, Layer(cell, INPUTS, sizes[2]))
    arrays, call = tuple(arguments(cell, *sizes)), Call(layer, None)
    results = call.forward(arrays, Tapes())
    return call.backward(arrays, results[0], results, True), call, arrays, results


@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_functions_are_exact_to_rounding(name: str, dtype: str, instructions: str) -> None:
    """Also near zero, where an error must be small beside the value, and far out."""
    values = np.concatenate([[0, 1e-30, 1e-8, 1e-3, 800, 1e30], np.linspace(0.01, 80, 94)])
    values = np.concatenate([-values, values]).astype(dtype)
    found, wide = one_step(name, values), values.astype(np.longdouble)
    with np.errstate(over="ignore"):
        expected = np.tanh(wide) if name == "tanh" else 1 / (1 + np.exp(-wide))
    normal = np.abs(expected) > 4 * np.finfo(dtype).tiny
    wrong = np.abs(found - expected)[normal] / np.abs(expected)[normal]
    assert wrong.max() < 8 * np.finfo(dtype).eps


def one_step(name: str, values: np.ndarray) -> np.ndarray:
    """Return tanh as an Elman cell without weights computes it, or σ as the z of a GRU.

    With n = 0, a GRU's h' is z ⊙ h.
    """
    cell, hidden = CELLS["elman" if name == "tanh" else "gru"], len(values)
    params = {key: np.zeros(shape) for key, shape in cell.shapes(1, hidden).items()}
    params["b"][0 if name == "tanh" else cell.gates.index("z")] = values
    native = recurrence(numpy_backend(str(values.dtype)), cell, hidden, inputs=1)
    xs, h = np.zeros((1, 1, 1), values.dtype), np.ones((1, hidden), values.dtype)
    ys, _ = native.apply(native.pack(params), xs, (h,))
    return np.asarray(ys[0, 0])


def test_what_is_no_number_stays_so() -> None:
    for cell in CELLS.values():
        native = recurrence(numpy_backend(), cell, 5)
        params = {name: np.full(s, np.nan) for name, s in cell.shapes(INPUTS, 5).items()}
        state = (np.zeros((2, 5)),) * len(cell.state)
        ys, final = native.apply(native.pack(params), np.zeros((3, 2, INPUTS)), state)
        assert np.isnan(ys).all()
        assert all(np.isnan(part).all() for part in final)


def test_padding_is_not_read() -> None:
    backend, cell = numpy_backend(), LSTM()
    native = recurrence(backend, cell, 5)
    *weights, xs, h, c = arguments(cell, 4, 2, 5)
    params = dict(zip(cell.shapes(INPUTS, 5), weights, strict=True))
    mask = np.array([[1, 1], [1, 1], [1, 0], [1, 0]], bool)
    garbage = np.where(mask[..., None], xs, 1e300)
    ys, final = native.apply(params, garbage, (h, c), mask)
    assert not ys[2:, 1].any()
    short, (h_last, c_last) = native.apply(params, xs[:2], (h, c))
    assert np.array_equal(ys[:2, 1], short[:, 1])
    assert np.array_equal(final[0][1], h_last[1])
    assert np.array_equal(final[1][1], c_last[1])


def test_goes_back_once() -> None:
    _, call, arrays, results = run(numpy_backend(), LSTM(), (3, 2, 4))
    with pytest.raises(RuntimeError, match="once only"):
        call.backward(arrays, results[0], results, True)


def test_two_forwards_before_two_backwards() -> None:
    """Each has a tape of its own, and memory that is free again is used again."""
    backend, cell = numpy_backend(), CELLS["gru"]
    native = recurrence(backend, cell, 4)
    native.tapes = Tapes()
    *weights, xs, h = arguments(cell, 3, 2, 4)
    params = dict(zip(cell.shapes(INPUTS, 4), weights, strict=True))

    def vjp(xs: np.ndarray) -> Any:
        return make_vjp(lambda x: native.apply(params, x, (h,))[0], xs)

    (first, ys), (second, _) = vjp(xs), vjp(2 * xs)
    found = first(ys)
    second(ys)
    del first, second
    again, _ = vjp(xs)
    assert np.array_equal(again(ys), found)
    (free,) = native.tapes._free.values()
    del again
    assert len(free) == 2


def test_a_forked_child_computes() -> None:
    """It has none of the parent's threads, and does not wait for them."""
    backend = numpy_backend()
    expected, *_ = run(backend, LSTM(), (5, 4, 9))
    child = os.fork()
    if not child:
        signal.alarm(60)
        found, *_ = run(backend, LSTM(), (5, 4, 9))
        same = all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    again, *_ = run(backend, LSTM(), (5, 4, 9))
    assert all(np.array_equal(a, b) for a, b in zip(again, expected, strict=True))


def test_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    library.load.cache_clear()
    with pytest.raises(Unsupported, match=r"not built.*install g\+\+"):
        recurrence(numpy_backend(), LSTM(), 4)
    monkeypatch.undo()
    library.load()


def test_refuses_other_devices_and_cells() -> None:
    class Wider(LSTM):
        pass

    with pytest.raises(Unsupported, match="Wider"):
        recurrence(numpy_backend(), Wider(), 4)
    backend = numpy_backend()
    backend.device = "gpu:0"
    with pytest.raises(Unsupported, match="CPU alone"):
        recurrence(backend, LSTM(), 4)


def test_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(Unsupported, match=r"needs g\+\+ or clang"):
        bindings.compiled("jax", [], "1")
    monkeypatch.setenv("CXX", "false")
    with pytest.raises(Unsupported, match=r"does not compile: .*false ended with 1"):
        bindings.compiled("jax", [], "1")
    assert not list((tmp_path / "rnnbench-native").iterdir())


def test_threads_are_those_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert library.threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert library.threads() >= 1


def test_importing_imports_no_framework() -> None:
    code = "import sys, rnnbench_native as n; print(len(n.rnnbench_kernels()), *sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, *modules = told.stdout.split()
    assert count == "4"
    assert not {"torch", "jax", "tensorflow"} & set(modules)
