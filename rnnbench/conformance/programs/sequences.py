"""Sequences: in pieces, step by step, of several lengths, and with padding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnbench.conformance.padding import with_garbage, with_more_padding
from rnnbench.conformance.programs.traces import (
    OUTPUT_TOLERANCE,
    ROUNDING,
    arrays_of,
    gradient_of,
)
from rnnbench.conformance.programs.under_test import ProgramsUnderTest
from rnnbench.conformance.specimens import (
    small_model,
)
from rnnbench.contracts.inference.generation import generate, search
from rnnbench.errors import Unsupported
from rnnbench.models.arrays.trees import Batch, States, tree_map
from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import RESETS, small_input


class Sequences(ProgramsUnderTest):
    """What a program computes does not depend on how sequences are cut and padded."""

    def test_state_is_carried(self, variant: str) -> None:
        """Two halves with the state carried over equal one long sequence."""
        dtype = self.widest()
        backend, model = self.backend(dtype), small_model("one-hot", LSTM())
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        tokens, targets = np.random.default_rng(5).integers(0, 5, (2, 6, 3))
        zeros = model.zero_state(3)
        start = backend.put(zeros)
        whole, _ = program.forward(start, backend.put(Batch(tokens, targets)))
        first, middle = program.forward(start, backend.put(Batch(tokens[:3], targets[:3])))
        second, final = program.forward(middle, backend.put(Batch(tokens[3:], targets[3:])))
        assert middle.keys() == final.keys() == zeros.keys()
        halves = np.concatenate([backend.numpy(first), backend.numpy(second)])
        assert parity.error(halves, backend.numpy(whole)) < ROUNDING[dtype]

    def test_state_begins_anew(self, variant: str) -> None:
        """Of two batches the second begins anew where it says so, and goes on elsewhere."""
        dtype = self.widest()
        backend, model = self.backend(dtype), small_model("one-hot", LSTM())
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        tokens, targets = np.random.default_rng(5).integers(0, 5, (2, 3, 3))
        batch, resets = Batch(tokens, targets), np.array(RESETS)

        def run(state: States, batch: Batch) -> tuple[np.ndarray, States]:
            outputs, after = program.forward(state, backend.put(batch))
            return backend.numpy(outputs), after

        first, carried = run(backend.put(model.zero_state(3)), batch)
        further, _ = run(carried, batch)
        found, _ = run(carried, batch._replace(resets=resets))
        expected = np.where(resets[:, None], first, further)
        assert parity.error(found, expected) < ROUNDING[dtype]

    def test_one_step_at_a_time(self, variant: str) -> None:
        """Steps that are asked for one by one equal the whole, where a backend can generate."""
        dtype = self.widest()
        backend, model = self.backend(dtype), small_model("embedding", LSTM())
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        tokens = np.random.default_rng(5).integers(0, 6, (4, 3))
        batch = backend.put(Batch(tokens, np.zeros((4, 3), np.int64)))
        whole, _ = program.forward(backend.put(model.zero_state(3)), batch)
        try:
            memory, state = program.begin(batch)
        except Unsupported as reason:
            pytest.skip(str(reason))
        steps = []
        for row in tokens:
            one = backend.put(Batch(row[None], np.zeros((1, 3), np.int64)))
            outputs, state = program.advance(memory, state, one)
            steps.append(backend.numpy(outputs))
        assert parity.error(np.concatenate(steps), backend.numpy(whole)) < ROUNDING[dtype]

    def test_generation(self, variant: str) -> None:
        """What is written a step at a time is what the oracle writes, where a backend can."""
        dtype, model = self.widest(), small_model("fed", LSTM())
        backend, oracle = self.backend(dtype), NumpyBackend("cpu", "float64")
        _, batch = small_input(model, 3)
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        reference = oracle.program(model, model.initial(3), "autograd", Optimizer())
        try:
            written = generate(backend, program, model.spec.problem, batch)
        except Unsupported as reason:
            pytest.skip(str(reason))
        truth = generate(oracle, reference, model.spec.problem, batch)
        assert parity.error(written, truth) <= OUTPUT_TOLERANCE[dtype]
        if dtype == "float64":  # one example with three beginnings: nothing is compiled again
            one = Batch(batch.inputs[:, :1], batch.targets[:, :1], np.asarray(batch.lengths)[:1])
            found = search(backend, program, model.spec.problem, one, beam=3)
            assert (found == search(oracle, reference, model.spec.problem, one, beam=3)).all()

    def test_mask(self, variant: str) -> None:
        """Of sequences of several lengths each is computed as it is alone."""
        dtype = self.widest()
        backend, model = self.backend(dtype), one_layer()
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        state, batch = without_noise(small_input(model, 3))

        def run(batch: Batch, state: States) -> tuple[np.ndarray, list[np.ndarray]]:
            outputs, final = program.forward(backend.put(state), backend.put(batch))
            return backend.numpy(outputs), [backend.numpy(part) for part in arrays_of(final)]

        outputs, final = run(batch, state)
        lengths, one = np.asarray(batch.lengths), slice(0, 1)  # the first is neither long nor short
        steps = lengths[0]
        cut = Batch(batch.inputs[:steps, one], batch.targets[:steps, one], lengths[one])
        alone, last = run(cut, tree_map(lambda part: part[one], state))
        assert parity.error(outputs[:steps, one], alone) < ROUNDING[dtype]
        for part, end in zip(final, last, strict=True):
            assert parity.error(part[one], end) < ROUNDING[dtype]

    def test_padding(self, variant: str) -> None:
        """What stands at padding, and how much of it, changes neither loss nor gradients."""
        dtype = self.widest()
        backend, model = self.backend(dtype), one_layer()
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        state, batch = without_noise(small_input(model, 3))
        before = gradient_of(backend, program, state, batch)
        for changed in (with_garbage(batch), with_more_padding(batch)):
            after = gradient_of(backend, program, state, changed)
            found = parity.worst(after, before)
            assert found.error < ROUNDING[dtype], found

    def test_other_sequence_lengths(self, variant: str) -> None:
        """A program takes batches of another length and size after the first."""
        backend = self.backend(self.widest())
        model = small_model("last", GRU())
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        rng = np.random.default_rng(0)
        for steps, examples in ((3, 2), (7, 4), (3, 2)):
            batch = Batch(rng.standard_normal((steps, examples, 2)), np.zeros((examples, 1)))
            state = backend.put(model.zero_state(examples))
            loss, new_state = program.train_step(state, backend.put(batch))
            program.wait()
            assert np.isfinite(backend.numpy(loss))
            assert [backend.numpy(array).shape for array in arrays_of(new_state)] == [(examples, 4)]


def one_layer() -> Model:
    """Return a model of sequences of several lengths, in both directions.

    Two layers would take twice as long to compile: that each of them is told the lengths, the
    oracle shows of the same model.
    """
    two = small_model("lengths", LSTM())
    return Model(two.network, replace(two.spec, layers=1))


def without_noise(given: tuple[States, Batch]) -> tuple[States, Batch]:
    """Return a state and a batch without dropout."""
    state, batch = given
    return state, batch._replace(noise=None)
