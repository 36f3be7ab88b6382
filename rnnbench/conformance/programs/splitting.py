"""Several devices: what they compute of their shares is what the oracle does of the whole batch."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
import pytest

from rnnbench.conformance.programs.under_test import ProgramsUnderTest, turned
from rnnbench.conformance.specimens import SPLIT, small_model
from rnnbench.contracts.backend import Backend
from rnnbench.contracts.loading import load
from rnnbench.errors import Unsupported
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import UPDATES, named

#: How far two devices may be from the oracle.
TOLERANCE = {"float64": 1e-9, "float32": parity.TOLERANCE["float32"]}


class Splitting(ProgramsUnderTest):
    """The promises of ``parallel_program``; a backend that has none is asked for nothing here."""

    def test_split_batch(self, split: str) -> None:
        """All that is computed of a batch in two halves agrees with the oracle's of the whole.

        Outputs, states, loss, gradients and training, in a variant that takes the model; each model
        has another optimizer, and begins with another variant.
        """
        kind, cell, rule = SPLIT[split]
        two, backend, taken = self.two_devices(), self.backend(self.widest()), 0
        model, first = small_model(kind, cell), list(SPLIT).index(split)
        for variant in turned(self.choices()["variant"], first):
            try:
                found = parity.check(backend, model, variant, rule, seed=3, devices=two)
            except Unsupported:
                continue
            assert found.error <= TOLERANCE[self.widest()], (variant, found)
            taken += 1
            if self.thinned:
                return
        if not taken:
            self.none(two)

    def test_split_again(self) -> None:
        """A program of two devices that is reset trains to the same bits."""
        backend, two = self.backend(self.widest()), self.two_devices()
        model = small_model("last", LSTM())
        what = (model, model.initial(3), self.info.default, Optimizer("adam", lr=0.01))
        try:
            program = backend.program_on(two, *what)
        except Unsupported as reason:
            pytest.skip(str(reason))
        ends = []
        for _ in range(2):
            program.reset(model.initial(3))
            state, batch = backend.put(small_input(model, 3, len(two)))
            for _ in range(UPDATES):
                _, state = program.train_step(state, batch)
            ends.append(named("", program.params()))
        assert all(np.array_equal(ends[0][name], ends[1][name]) for name in ends[0])

    def test_split_over_nothing(self) -> None:
        """Devices that are not here are refused."""
        backend, (here, _) = self.backend(self.widest()), self.two_devices()
        model = small_model("last", LSTM())
        what = (model, model.initial(3), self.info.default, Optimizer())
        with pytest.raises(Unsupported, match="gpu:99"):
            backend.program_on((here, "gpu:99"), *what)

    def none(self, two: tuple[str, str]) -> NoReturn:
        """Skip where no variant takes two devices; fail where a backend could have made them."""
        divides = load(self.info.target).divide_cpu.__func__ is not Backend.divide_cpu.__func__  # type: ignore[attr-defined]
        if self.device == "cpu" and divides:
            pytest.fail("call divide_cpu(2) in conftest.py, before anything starts the framework")
        pytest.skip(f"no variant takes it on {' and '.join(two)}")

    def two_devices(self) -> tuple[str, str]:
        """Return two devices of the kind under test, or skip where a backend has no use for any."""
        loaded: type[Backend] = load(self.info.target)
        if loaded.parallel_program is Backend.parallel_program:
            pytest.skip("it trains on one device only")
        if self.device == "cpu":
            return "cpu:0", "cpu:1"
        gpus = [device for device in loaded.devices() if device != "cpu"]
        if len(gpus) < 2:
            pytest.skip("two GPUs are needed")
        return gpus[0], gpus[1]
