"""The promises of a backend: what it says of itself, and what it does to its process."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest

from rnnbench.conformance.calls import CALLS
from rnnbench.conformance.programs.equations import Equations
from rnnbench.conformance.programs.parallel import Parallel
from rnnbench.conformance.programs.sequences import Sequences
from rnnbench.conformance.programs.splitting import Splitting
from rnnbench.conformance.programs.timing import Timing
from rnnbench.conformance.programs.training import Training
from rnnbench.conformance.specimens import CELLS, NETWORKS, OPTIMIZERS, PORTABLE, small_model
from rnnbench.conformance.surroundings import Conformance
from rnnbench.contracts.backend import Backend
from rnnbench.contracts.info import BackendInfo
from rnnbench.contracts.loading import load
from rnnbench.errors import Unsupported, UsageError
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input

#: Configures the backend whose class is the first argument, as a worker does.
CONFIGURE = """
import importlib, json, sys
module, _, name = sys.argv[1].partition(":")
print(json.dumps(getattr(importlib.import_module(module), name).configure(1)))
"""


class BackendConformance(Equations, Parallel, Sequences, Splitting, Timing, Training, Conformance):
    """The promises of a backend; ``info`` names it, ``device`` where to test it."""

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _device_is_here(cls) -> None:
        """Skip all of it on a GPU that is not here: what is left then, the CPU has shown."""
        if cls.device != "cpu" and cls.device not in load(cls.info.target).devices():
            pytest.skip(f"no {cls.device} here")

    def frameworks(self) -> Sequence[str]:
        """Return what the backend requires."""
        return self.info.requires

    def exercise(self) -> None:
        """Build, run and train every variant that is supported."""
        backend, model = self.backend("float32"), small_model("one-hot", LSTM())
        state, batch = (backend.put(tree) for tree in small_input(model, 3))
        for variant in self.info.variants:
            try:
                program = backend.program(model, model.initial(3), variant, OPTIMIZERS["adam"])
            except Unsupported:
                continue
            program.forward(state, batch)
            program.gradient(state, batch)
            program.train_step(state, batch)
            program.wait()
            program.params()

    def test_info(self) -> None:
        """Names are plain, and the default variant is one of the variants."""
        assert self.info.default in self.info.variants
        for name in (self.info.name, *self.info.variants):
            assert re.fullmatch(r"[a-z][a-z0-9_-]*", name)

    def test_default(self) -> None:
        """The default variant takes what it is said to take, and of the rest the portable one."""
        if not self.info.default_for:
            pytest.skip("its default is meant for all")
        backend = self.backend(self.widest())
        cells = {**CELLS, **PORTABLE}.values()
        models = [small_model("last", cell) for cell in cells]
        for model in (*models, *(small_model(name, LSTM()) for name in NETWORKS)):
            name = model.spec.cell.name if model.spec.cell else model.network.name
            taken = name in self.info.default_for
            assert is_taken(backend, self.info.default, model) == taken, name
            if not taken and self.info.portable:
                assert is_taken(backend, self.info.portable, model), name

    def test_info_travels(self) -> None:
        """What the plugin announces can be pickled and written as JSON."""
        assert pickle.loads(pickle.dumps(self.info)) == self.info
        text = msgspec.json.encode(self.info)
        assert msgspec.json.decode(text, type=BackendInfo) == self.info

    def test_devices(self) -> None:
        """Devices are called ``cpu`` or ``gpu:N``."""
        devices = load(self.info.target).devices()
        assert devices
        assert all(re.fullmatch(r"cpu|gpu:\d+", device) for device in devices)

    def test_declared_devices(self) -> None:
        """Every device that is said to be here computes."""
        for device in load(self.info.target).devices():
            backend = load(self.info.target)(device, "float32")
            value, _ = backend.value_and_grad(lambda x, xp=backend.xp: xp.sum(x * x), [np.ones(3)])
            assert value == 3

    def test_versions(self) -> None:
        """The framework's version is told."""
        versions = load(self.info.target).versions()
        assert versions
        assert all(isinstance(v, str) and v for v in versions.values())

    def test_configure(self) -> None:
        """``configure`` returns a number of threads read back, or None if it can't tell."""
        done = subprocess.run(  # of its own, as a framework may be configured once only
            [sys.executable, "-P", "-c", CONFIGURE, self.info.target],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        threads = json.loads(done.stdout.splitlines()[-1])
        assert threads is None or (type(threads) is int and threads >= 1)

    def test_memory_and_precision(self) -> None:
        """Peak memory is a number of bytes, matmul precision a word; either may be None."""
        backend = self.backend(self.widest())
        backend.reset_peak_memory()
        peak, precision = backend.peak_memory(), backend.matmul_precision()
        assert peak is None or (isinstance(peak, int) and peak >= 0)
        assert precision is None or (isinstance(precision, str) and precision)

    def test_unknown_device(self) -> None:
        """A device that is not here is refused with the ones that are."""
        with pytest.raises(Unsupported, match="it has"):
            load(self.info.target)("gpu:99", "float32")

    def test_unknown_dtype(self) -> None:
        """A dtype that programs can't be built in is refused with the ones that they can."""
        with pytest.raises(Unsupported, match="it has"):
            load(self.info.target)(self.backend(self.widest()).device, "float13")

    def test_unknown_variant(self) -> None:
        """A variant that does not exist is refused."""
        model = small_model("last", LSTM())
        with pytest.raises((UsageError, Unsupported)):
            self.backend(self.widest()).program(
                model, model.initial(0), "no-such-variant", Optimizer()
            )

    def test_put(self, dtype: str) -> None:
        """Arrays go to the device and come back: reals at the dtype, integers, booleans."""
        backend, rng = self.backend(dtype), np.random.default_rng(0)
        real, whole = rng.standard_normal((2, 3)), 50_000 * np.arange(6).reshape(3, 2)
        odd = whole % 2 == 1
        tree: Any = backend.put(({"real": real, "odd": odd}, Batch(real[0], whole)))
        assert isinstance(tree[1], Batch)
        assert np.array_equal(backend.numpy(tree[1].targets), whole)
        assert backend.numpy(tree[0]["odd"]).dtype == np.bool_
        assert np.array_equal(backend.numpy(tree[0]["odd"]), odd)
        for ours, given in ((tree[0]["real"], real), (tree[1].inputs, real[0])):
            assert backend.numpy(ours).dtype == dtype
            assert np.array_equal(backend.numpy(ours), given.astype(dtype))

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


def is_taken(backend: Backend, variant: str, model: Model) -> bool:
    """Return whether a variant has what it takes to compute a model."""
    try:
        backend.ops(model, variant)
    except Unsupported:
        return False
    return True
