"""The same function: outputs, gradients and training of every model, held against the oracle."""

from __future__ import annotations

import pytest

from rnnbench.conformance.programs.traces import (
    OUTPUT_TOLERANCE,
    TRAINED_TOLERANCE,
    arrays_of,
    gradient_of,
    gradient_of_oracle,
)
from rnnbench.conformance.programs.under_test import ProgramsUnderTest, turned
from rnnbench.conformance.specimens import (
    CELLS,
    OPTIMIZERS,
    PORTABLE,
    SYSTEMS,
    Stranger,
    small_model,
)
from rnnbench.contracts.loading import load
from rnnbench.errors import Unsupported
from rnnbench.models.arrays.trees import tree_map
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import computed, named, trained


class Equations(ProgramsUnderTest):
    """What a program computes is what the equations say."""

    def test_same_function(self, variant: str, cell: str, kind: str) -> None:
        """Outputs, final state, loss and every gradient agree with the oracle."""
        dtype = self.widest()
        found = parity.worst(*self.parity(variant, CELLS[cell], kind, "sgd", dtype, computed))
        assert found.error <= OUTPUT_TOLERANCE[dtype], found

    def test_same_training(self, variant: str, cell: str, optimizer: str) -> None:
        """Parameters after three optimizer steps agree with the oracle."""
        dtype = self.widest()
        what = (variant, CELLS[cell], "one-hot", optimizer, dtype)
        if dtype == "float64":
            found = parity.worst(*self.parity(*what, trained))
        else:
            found = parity.compare(*self.parity(*what))
        assert found.error <= TRAINED_TOLERANCE[dtype], found

    def test_single_precision(self, variant: str, cell: str) -> None:
        """The same holds in float32, to its precision: it passes the check of a run."""
        model, rule = small_model("one-hot", CELLS[cell]), OPTIMIZERS["adam"]
        try:
            parity.check(self.backend("float32"), model, variant, rule, seed=3)
        except Unsupported as reason:
            pytest.skip(str(reason))

    def test_unknown_cell(self, variant: str) -> None:
        """A cell that the backend has never heard of is computed as it says, or refused."""
        dtype = self.widest()
        what = (variant, Stranger(), "one-hot", "sgd", dtype)
        ours, theirs = self.parity(*what, computed)
        error = parity.error(ours["outputs"], theirs["outputs"])
        assert error <= OUTPUT_TOLERANCE[dtype]

    def test_portable_cell(self, portable: str) -> None:
        """Loss and gradients of every cell agree with the oracle, in a variant that takes it.

        Of sequences of several lengths, one of which begins anew.
        """
        model = small_model("padded", PORTABLE[portable])
        self.in_some_variant(model, list(PORTABLE).index(portable))

    def test_system(self, system: str) -> None:
        """Loss and gradients of every network agree with the oracle, in a variant that takes it."""
        self.in_some_variant(small_model(system, LSTM()), list(SYSTEMS).index(system))

    def in_some_variant(self, model: Model, first: int) -> None:
        """Assert that loss and gradients agree with the oracle in the variants that take a model.

        Where tests are thinned, in one of them, and each model begins with another one: what
        compiles is slow, and how a variant runs whatever model is seen elsewhere.
        """
        dtype, taken = self.widest(), 0
        backend, truth = self.backend(dtype), gradient_of_oracle(model)
        for variant in turned(list(self.info.variants), first):
            try:
                program = backend.program(model, model.initial(3), variant, Optimizer())
            except Unsupported:
                continue
            state, batch = small_input(model, 3)
            found = parity.worst(gradient_of(backend, program, state, batch), truth)
            assert found.error <= OUTPUT_TOLERANCE[dtype], (variant, found)
            taken += 1
            if self.thinned:
                return
        if not taken:
            pytest.skip("no variant takes it")

    def test_network(self, variant: str, network: str) -> None:
        """Loss and gradients of every network without layers agree with the oracle."""
        self.check_gradients(small_model(network, LSTM()), variant)

    def test_attention(self, variant: str) -> None:
        """Loss and gradients of a decoder that attends at each step agree with the oracle."""
        self.check_gradients(small_model("fed", LSTM()), variant)

    def check_gradients(self, model: Model, variant: str) -> None:
        """Hold loss and gradients of a model against the oracle's, or skip if unsupported."""
        dtype = self.widest()
        backend, (state, batch) = self.backend(dtype), small_input(model, 3)
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        ours = gradient_of(backend, program, state, batch)
        found = parity.worst(ours, gradient_of_oracle(model))
        assert found.error <= OUTPUT_TOLERANCE[dtype], found

    def test_dtype(self, variant: str) -> None:
        """All that is computed has the dtype asked for, though others are used in between."""
        model = small_model("one-hot", LSTM())
        backends = [self.backend(dtype) for dtype in load(self.info.target).dtypes()]
        programs = [self.build(b, model, variant, OPTIMIZERS["adam"], seed=3) for b in backends]
        for call in ("train_step", "forward"):
            for backend, program in zip(backends, programs, strict=True):
                state, batch = (backend.put(part) for part in small_input(model, 3))
                result, after = getattr(program, call)(state, batch)
                arrays = map(backend.numpy, (result, *arrays_of(after)))
                seen = [*arrays, *named("", program.params()).values()]
                assert {str(array.dtype) for array in seen} == {backend.dtype}

    def test_parameters_come_back(self, variant: str, cell: str) -> None:
        """What is packed is unpacked unchanged."""
        dtype = self.widest()
        model = small_model("embedding", CELLS[cell])
        given = tree_map(lambda array: array.astype(dtype), model.initial(2))
        program = self.build(self.backend(dtype), model, variant, Optimizer(), seed=2)
        found = parity.worst(named("", program.params()), named("", given))
        assert found.error == 0, found

    def test_kernel(self, variant: str, cell: str) -> None:
        """A program tells in one line what really runs."""
        model = small_model("last", CELLS[cell])
        backend = self.backend(self.widest())
        program = self.build(backend, model, variant, Optimizer(), seed=2)
        kernels = backend.ops(model, variant).kernels
        assert kernels.keys() <= model.parts.keys()
        for text in (program.kernel, *(kernel.kernel for kernel in kernels.values())):
            assert text.strip()
            assert "\n" not in text
