"""The test kit for plugin authors: subclass, name the plugin, and see one test per promise.

from rnnbench.conformance import BackendConformance
from rnnbench_torch import INFO

class TestTorch(BackendConformance):
    info = INFO
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import numpy as np
import pytest

from rnnbench import parity
from rnnbench.backend import Backend, BackendInfo, Program
from rnnbench.cells import Cell
from rnnbench.cells.elman import Elman
from rnnbench.cells.gru import GRU
from rnnbench.cells.lstm import LSTM
from rnnbench.conformance.calls import CALLS
from rnnbench.errors import Unsupported, UsageError
from rnnbench.model import Batch, Model
from rnnbench.namespace import FUNCTIONS
from rnnbench.optimizer import Optimizer
from rnnbench.reference import NumpyBackend

CELLS: dict[str, Cell] = {
    "elman": Elman(),
    "elman-relu": Elman("relu"),
    "lstm": LSTM(),
    "gru": GRU(),
}
#: What a model can be made of: real inputs and one target, tokens one-hot, an embedding and layers.
MODELS: dict[str, dict[str, Any]] = {
    "last": {"inputs": 2, "outputs": 1, "readout": "last", "loss": "mse"},
    "one-hot": {"inputs": 5, "outputs": 5, "tokens": True, "loss": "cross-entropy"},
    "embedding": {
        "inputs": 6,
        "outputs": 3,
        "tokens": True,
        "embedding": 3,
        "layers": 2,
        "loss": "cross-entropy",
    },
}
OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer("sgd", lr=0.1),
    "rmsprop": Optimizer("rmsprop", lr=0.01),
    "adam": Optimizer("adam", lr=0.01),
    "adam-clipped": Optimizer("adam", lr=0.01, clip=0.05),
    "sgd-clipped": Optimizer("sgd", lr=0.1, clip=0.05),
}
OUTPUT_TOLERANCE = 1e-9
TRAINED_TOLERANCE = 1e-8


class BackendConformance:
    """The promises of a backend; ``info`` names it, ``device`` where to test it."""

    info: ClassVar[BackendInfo]
    device: ClassVar[str] = "cpu"

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        """Parametrize by what the tests ask for."""
        choices = {
            "variant": list(cls.info.variants),
            "cell": list(CELLS),
            "kind": list(MODELS),
            "optimizer": list(OPTIMIZERS),
            "function": list(FUNCTIONS),
            "dtype": ["float32", "float64"],
        }
        for name in choices.keys() & set(metafunc.fixturenames):
            metafunc.parametrize(name, choices[name])

    def backend(self, dtype: str = "float64") -> Backend:
        """Return the backend under test, or skip where the device is not here."""
        loaded = self.info.load()
        if self.device not in loaded.devices():
            pytest.skip(f"no {self.device} here")
        return loaded(self.device, dtype)

    def build(
        self, backend: Backend, model: Model, variant: str, rule: Optimizer, seed: int
    ) -> Program:
        """Return ``model`` with the initial parameters of ``seed``, or skip if unsupported."""
        try:
            return backend.program(model, model.initial(seed), variant, rule)
        except Unsupported as reason:
            pytest.skip(str(reason))

    def parity(
        self, variant: str, cell: str, kind: str, optimizer: str, dtype: str = "float64"
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Return what the backend and the oracle compute for one model."""
        backend, oracle = self.backend(dtype), NumpyBackend("cpu", "float64")
        model = Model(CELLS[cell], hidden=4, **MODELS[kind])
        params, (state, batch) = model.initial(3), parity.small_input(model, 3)
        rule = OPTIMIZERS[optimizer]
        program = self.build(backend, model, variant, rule, seed=3)
        truth = oracle.program(model, params, "autograd", rule)
        return (
            parity.trace(backend, program, state, batch),
            parity.trace(oracle, truth, state, batch),
        )

    def test_info(self) -> None:
        """Names are plain, and the default variant is one of the variants."""
        assert self.info.default in self.info.variants
        for name in (self.info.name, *self.info.variants):
            assert re.fullmatch(r"[a-z][a-z0-9_-]*", name)

    def test_devices(self) -> None:
        """Devices are called ``cpu`` or ``gpu:N``."""
        devices = self.info.load().devices()
        assert devices
        assert all(re.fullmatch(r"cpu|gpu:\d+", device) for device in devices)

    def test_versions(self) -> None:
        """The framework's version is told."""
        versions = self.info.load().versions()
        assert versions
        assert all(isinstance(v, str) and v for v in versions.values())

    def test_unknown_device(self) -> None:
        """A device that is not here is refused with the ones that are."""
        with pytest.raises(Unsupported, match="it has"):
            self.info.load()("gpu:99", "float32")

    def test_unknown_variant(self) -> None:
        """A variant that does not exist is refused."""
        model = Model(LSTM(), hidden=2, **MODELS["last"])
        with pytest.raises((UsageError, Unsupported)):
            self.backend().program(model, model.initial(0), "no-such-variant", Optimizer())

    def test_function(self, function: str, dtype: str) -> None:
        """Value, gradient and dtype of each function of the namespace agree with the oracle."""
        call, arrays = CALLS[function]
        backend, oracle = self.backend(dtype), NumpyBackend("cpu", "float64")
        value, gradients = backend.value_and_grad(lambda *a: call(backend.xp, *a), arrays)
        truth, slopes = oracle.value_and_grad(lambda *a: call(oracle.xp, *a), arrays)
        tolerance = 1e-5 if dtype == "float32" else 1e-12
        assert parity.error(value, truth) < tolerance
        assert len(gradients) == len(slopes)
        for ours, theirs in zip(gradients, slopes, strict=True):
            assert parity.error(ours, theirs) < tolerance
            assert ours.dtype == dtype
        assert value.dtype == dtype

    def test_same_function(self, variant: str, cell: str, kind: str) -> None:
        """Outputs, final state, loss and every gradient agree with the oracle in float64."""
        ours, theirs = self.parity(variant, cell, kind, "sgd")
        names = [name for name in theirs if not name.startswith(("trained", "last loss"))]
        found = parity.worst(
            {n: ours[n] for n in names if n in ours}, {n: theirs[n] for n in names}
        )
        assert found.error <= OUTPUT_TOLERANCE, found

    def test_same_training(self, variant: str, cell: str, optimizer: str) -> None:
        """Parameters after three optimizer steps agree with the oracle in float64."""
        ours, theirs = self.parity(variant, cell, "one-hot", optimizer)
        names = [name for name in theirs if name.startswith(("trained", "last loss"))]
        ours = {name: ours[name] for name in names if name in ours}
        found = parity.worst(ours, {name: theirs[name] for name in names})
        assert found.error <= TRAINED_TOLERANCE, found

    def test_single_precision(self, variant: str, cell: str) -> None:
        """The same holds in float32, to its precision."""
        found = parity.compare(*self.parity(variant, cell, "embedding", "adam", "float32"))
        assert found.error <= parity.TOLERANCE["float32"], found

    def test_state_is_carried(self, variant: str) -> None:
        """Two halves with the state carried over equal one long sequence."""
        backend = self.backend()
        model = Model(LSTM(), hidden=4, **MODELS["one-hot"])
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        tokens = np.random.default_rng(5).integers(0, model.inputs, (6, 3))
        start = backend.put(model.zero_state(3))
        whole, _ = program.forward(start, backend.put(tokens))
        first, middle = program.forward(start, backend.put(tokens[:3]))
        second, _ = program.forward(middle, backend.put(tokens[3:]))
        halves = np.concatenate([backend.numpy(first), backend.numpy(second)])
        assert parity.error(halves, backend.numpy(whole)) < 1e-12

    def test_parameters_come_back(self, variant: str, cell: str) -> None:
        """What is packed is unpacked unchanged."""
        model = Model(CELLS[cell], hidden=4, **MODELS["embedding"])
        params = model.initial(2)
        program = self.build(self.backend(), model, variant, Optimizer(), seed=2)
        found = parity.worst(parity.named("", program.params()), parity.named("", params))
        assert found.error == 0, found

    def test_deterministic(self, variant: str) -> None:
        """Two programs built alike train to the same bits."""
        first, _ = self.parity(variant, "lstm", "one-hot", "adam", "float32")
        second, _ = self.parity(variant, "lstm", "one-hot", "adam", "float32")
        assert all(np.array_equal(first[name], second[name]) for name in first)

    def test_reset(self, variant: str) -> None:
        """A program that was reset trains like one just built, without compiling again."""
        backend, model = self.backend("float32"), Model(LSTM(), hidden=4, **MODELS["one-hot"])
        rule, params = OPTIMIZERS["adam"], model.initial(3)
        state, batch = (backend.put(part) for part in parity.small_input(model, 3))
        program = self.build(backend, model, variant, rule, seed=3)
        runs, traces = [], []
        for _ in range(2):
            for _ in range(2):
                program.train_step(state, batch)
            runs.append(parity.named("", program.params()))
            traces.append(program.traces())
            program.reset(params)
        fresh = parity.named("", program.params())
        assert all(np.array_equal(runs[0][name], runs[1][name]) for name in runs[0])
        assert any(not np.array_equal(runs[0][name], fresh[name]) for name in fresh)
        assert traces[0] == traces[1]

    def test_other_sequence_lengths(self, variant: str) -> None:
        """A program takes batches of another length and size after the first."""
        backend = self.backend()
        model = Model(GRU(), hidden=4, **MODELS["last"])
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        rng = np.random.default_rng(0)
        for steps, examples in ((3, 2), (7, 4), (3, 2)):
            batch = Batch(rng.standard_normal((steps, examples, 2)), np.zeros((examples, 1)))
            state = backend.put(model.zero_state(examples))
            loss, new_state = program.train_step(state, backend.put(batch))
            program.wait()
            assert np.isfinite(backend.numpy(loss))
            assert [backend.numpy(part).shape for part in new_state[0]] == [(examples, 4)]
