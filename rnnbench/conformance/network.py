"""The promises of a network: laws that hold whatever it computes.

Parity with the oracle can't see a fault of the network's own code, as the oracle runs it, too.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
from typing import Any, ClassVar

import msgspec
import numpy as np
import pytest

from rnnbench.conformance.finite_differences import GRADIENT_TOLERANCE, central_differences
from rnnbench.conformance.padding import example_of, with_garbage, with_more_padding
from rnnbench.conformance.surroundings import Conformance
from rnnbench.contracts.generation import chosen, generate
from rnnbench.contracts.loading import load
from rnnbench.contracts.program import Program
from rnnbench.errors import Unsupported
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.models.cell import Cell
from rnnbench.models.cells.lstm import LSTM
from rnnbench.models.counting import counted
from rnnbench.models.model import Model
from rnnbench.models.network import Network, Spec
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.models.training.teaching import taught
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.namespace import NumpyNamespace
from rnnbench.plugins.registry import Registry

#: What two ways of computing the same in float64 may differ by.
ROUNDING = 1e-12
#: Units and layers of the models that are tested.
HIDDEN, LAYERS = 3, 2


class NetworkConformance(Conformance):
    """The promises of a network.

    Attributes:
        network: the network under test, with the options that are to be tested.
        problem: one that it solves.
        cell: what it is made of, if of cells.
        backends: installed backends in which it is compared with the oracle too.
    """

    network: ClassVar[Network]
    problem: ClassVar[Problem] = Problem(inputs=2, outputs=2)
    cell: ClassVar[Cell] = LSTM()
    backends: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        """Parametrize by the backends asked for."""
        if "backend" in metafunc.fixturenames:
            nothing = pytest.param("", marks=pytest.mark.skip("no backends named"), id="none")
            metafunc.parametrize("backend", cls.backends or [nothing])

    def model(self, **changes: Any) -> Model:
        """Return a small model for the problem, or for a changed one."""
        cell = self.cell if self.network.uses_cell else None
        problem = dataclasses.replace(self.problem, **changes)
        return Model(self.network, Spec(problem, cell, HIDDEN, LAYERS))

    def program(self, model: Model) -> Program:
        """Return a model on the oracle; of its parameters none is zero."""
        rng, params = np.random.default_rng(7), model.initial(3)
        for group in params.values():
            for name, array in group.items():
                group[name] = array + 0.3 * rng.standard_normal(array.shape)
        return NumpyBackend("cpu", "float64").program(model, params, "autograd", Optimizer())

    def causally(self) -> tuple[Program, States, Batch]:
        """Return a program, a state and a batch without dropout, or skip what is not causal."""
        if not self.network.causal or self.problem.targets != "every":
            pytest.skip("it has no outputs at every step, or later inputs have a part in them")
        model = self.model()
        state, batch = parity.small_input(model, 3)
        return self.program(model), state, batch._replace(noise=None)

    def exercise(self) -> None:
        """Build a model, run and train it."""
        model = self.model()
        program, (state, batch) = self.program(model), parity.small_input(model, 3)
        program.forward(state, batch)
        program.train_step(state, batch)

    def test_names(self) -> None:
        """The name is plain, the targets are those of a problem, the docstring says what it is."""
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", self.network.name)
        assert self.problem.targets in self.network.solves
        assert inspect.getdoc(type(self.network))
        assert all(re.fullmatch(r"\w+(\.\w+)*", path) for path in self.model().parts)

    def test_options_travel(self) -> None:
        """It can be built without options; these can be written as JSON and read from text."""
        assert type(self.network)() == type(self.network)()
        assert pickle.loads(pickle.dumps(self.network)) == copy.deepcopy(self.network)
        options = msgspec.json.decode(msgspec.json.encode(dataclasses.asdict(self.network)))
        assert msgspec.convert(options, type(self.network), strict=False) == self.network

    def test_options_have_a_part(self) -> None:
        """An option that is set changes the model, unless the network says that it is unused."""
        spec = self.model().spec
        for option in dataclasses.fields(self.network):
            plain = dataclasses.replace(self.network, **{option.name: option.default})
            if plain != self.network:
                alike = self.is_same(Model(self.network, spec), Model(plain, spec))
                assert alike == (option.name in self.network.unused(spec)), option.name

    def is_same(self, one: Model, other: Model) -> bool:
        """Return whether two models have the same parts, loss and gradients."""
        if one.parts != other.parts:
            return False
        losses, gradients = zip(
            *(self.program(each).gradient(*parity.small_input(each, 3)) for each in (one, other)),
            strict=True,
        )
        ours, theirs = (parity.named("", each) for each in gradients)
        same = all(np.array_equal(array, theirs[name]) for name, array in ours.items())
        return same and losses[0] == losses[1]

    def test_initial(self) -> None:
        """Initial parameters are float64, finite, shaped as told, the same for the same seed."""
        model = self.model()
        first, again = (parity.named("", model.initial(5)) for _ in range(2))
        shapes = {
            f" {path}.{name}": shape
            for path, part in model.parts.items()
            for name, shape in part.shapes.items()
        }
        assert {name: array.shape for name, array in first.items()} == shapes
        assert all(a.dtype == np.float64 and np.isfinite(a).all() for a in first.values())
        assert all(np.array_equal(first[name], again[name]) for name in first)

    def test_outputs(self) -> None:
        """There is an output for each target, of the size that the problem says."""
        model = self.model()
        state, batch = parity.small_input(model, 3)
        outputs, after = self.program(model).forward(state, batch._replace(noise=None))
        steps = () if self.problem.targets == "one" else (batch.targets.shape[0],)
        assert np.shape(outputs) == (*steps, parity.EXAMPLES, self.problem.outputs)
        assert {path: [part.shape for part in parts] for path, parts in after.items()} == {
            path: [part.shape for part in parts] for path, parts in state.items()
        }

    def test_namespace(self) -> None:
        """It does with arrays what a ``Namespace`` lists, and nothing else."""
        for lengths in (False, True):
            model = self.model(lengths=lengths)
            _, batch = parity.small_input(model, 3)
            flops = counted(model, batch)
            assert 0 < flops.forward <= flops.train_step

    def test_gradient(self) -> None:
        """The oracle's gradients agree with central differences."""
        model = self.model()
        state, batch = parity.small_input(model, 3)
        program: Any = self.program(model)
        _, gradients = program.gradient(state, batch)

        def cost(*_: Any) -> Any:
            return model.cost(program.ops, program.native, state, batch)[0]

        for path, group in program.native.items():
            for name, array in group.items():
                slopes = central_differences(cost, [array], 0)
                error = parity.error(gradients[path][name], slopes)
                assert error < GRADIENT_TOLERANCE, f"{path}.{name}"

    def test_every_parameter_has_a_part(self) -> None:
        """No parameter is without influence on the loss."""
        model = self.model()
        _, gradients = self.program(model).gradient(*parity.small_input(model, 3))
        assert [n for n, a in parity.named("", gradients).items() if not np.any(a)] == []

    def test_examples_apart(self) -> None:
        """What is computed for an example does not depend on the others of its batch."""
        model = self.model()
        state, batch = parity.small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        together, _ = program.forward(state, batch)
        axis = 0 if self.problem.targets == "one" else 1
        for k in range(parity.EXAMPLES):
            alone, _ = program.forward(*example(state, batch, k, axis))
            assert parity.error(np.take(together, [k], axis), alone) < ROUNDING

    def test_padding(self) -> None:
        """What stands at padding, and how much of it, changes neither loss nor gradients."""
        model = self.model(lengths=True)
        state, batch = parity.small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        before, gradients = program.gradient(state, batch)
        for changed in (with_garbage(batch), with_more_padding(batch)):
            after, others = program.gradient(state, changed)
            assert abs(after - before) < ROUNDING
            found = parity.worst(parity.named("", others), parity.named("", gradients))
            assert found.error < ROUNDING, found

    def test_state_at_padding(self) -> None:
        """The state after a sequence is that at its end, however much padding follows."""
        if self.problem.targets == "sequence":
            pytest.skip("its targets have lengths of their own")
        model = self.model(lengths=True)
        state, batch = parity.small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        _, together = program.forward(state, batch)
        axis = 0 if self.problem.targets == "one" else 1
        for k, steps in enumerate(parity.LENGTHS):
            own, alone = example(state, batch, k, axis)
            inputs = alone.inputs[:steps]
            _, apart = program.forward(own, alone._replace(inputs=inputs, lengths=None))
            for path, parts in apart.items():
                for ours, theirs in zip(together[path], parts, strict=True):
                    assert parity.error(ours[k : k + 1], theirs) < ROUNDING, path

    def test_later_inputs(self) -> None:
        """An output changes with a later input only if the network says that it is not causal."""
        if self.problem.targets != "every":
            pytest.skip("it has no outputs at every step")
        model = self.model()
        state, batch = parity.small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        before, _ = program.forward(state, batch)
        changed = batch.inputs.copy()
        changed[3:] = changed[:2]
        after, _ = program.forward(state, batch._replace(inputs=changed))
        assert self.network.causal == (parity.error(after[:3], before[:3]) < ROUNDING)

    def test_state_is_carried(self) -> None:
        """Two halves with the state carried over equal one long sequence."""
        program, state, batch = self.causally()
        whole, end = program.forward(state, batch)
        first, middle = program.forward(state, cut(batch, slice(0, 2)))
        second, last = program.forward(middle, cut(batch, slice(2, None)))
        assert parity.error(np.concatenate([first, second]), whole) < ROUNDING
        for path, parts in end.items():
            for ours, theirs in zip(last[path], parts, strict=True):
                assert parity.error(ours, theirs) < ROUNDING

    def test_state_begins_anew(self) -> None:
        """An example that begins another sequence is computed as if there had been none before."""
        model = self.model(resets=True)
        state, batch = parity.small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        _, carried = program.forward(state, batch._replace(resets=None))
        together, after = program.forward(carried, batch)
        axis, zeros = 0 if self.problem.targets == "one" else 1, model.zero_state(1)
        for k, begins in enumerate(parity.RESETS):
            own, alone = example(carried, batch._replace(resets=None), k, axis)
            apart, end = program.forward(zeros if begins else own, alone)
            assert parity.error(np.take(together, [k], axis), apart) < ROUNDING
            for path, parts in end.items():
                for ours, theirs in zip(after[path], parts, strict=True):
                    assert parity.error(ours[k : k + 1], theirs) < ROUNDING, path

    def test_later_targets(self) -> None:
        """Of a target sequence an output depends on the targets before it, and on no others."""
        if self.problem.targets != "sequence":
            pytest.skip("no targets are told")
        model = self.model()
        program, (state, batch) = self.program(model), parity.small_input(model, 3)
        batch = batch._replace(noise=None)
        before, _ = program.forward(state, batch)
        changed = batch.targets.copy()
        changed[1:] = (changed[1:] + 1) % self.problem.outputs
        after, _ = program.forward(state, batch._replace(targets=changed))
        assert parity.error(after[:2], before[:2]) < ROUNDING
        assert all(parity.error(after[t], before[t]) > ROUNDING for t in range(2, len(after)))

    def test_one_step_at_a_time(self) -> None:
        """Steps that are asked for one by one equal the whole."""
        if self.problem.targets != "sequence":
            self.causally()
        model = self.model()
        program, (_, batch) = self.program(model), parity.small_input(model, 3)
        batch = batch._replace(noise=None)
        whole, _ = program.forward(model.zero_state(parity.EXAMPLES), batch)
        memory, state = program.begin(batch)
        told = taught(NumpyNamespace(), self.problem, batch).inputs
        for t in range(len(whole)):
            outputs, state = program.advance(memory, state, Batch(told[t : t + 1], None))
            assert parity.error(outputs[0], whole[t]) < ROUNDING

    def test_generation(self) -> None:
        """What it says, taught as the target, makes it say the same."""
        if self.problem.targets != "sequence":
            pytest.skip("it writes no sequence")
        model = self.model()
        program, (_, batch) = self.program(model), parity.small_input(model, 3)
        batch = batch._replace(noise=None)
        problem = dataclasses.replace(self.problem, end=-1)  # on to the last step
        outputs = generate(NumpyBackend("cpu", "float64"), program, problem, batch)
        said = batch._replace(targets=chosen(problem, outputs))
        again, _ = program.forward(model.zero_state(parity.EXAMPLES), said)
        assert parity.error(outputs, again) < ROUNDING

    def test_noise(self) -> None:
        """Dropout is that of the batch and nothing else: the same masks, the same loss."""
        model = self.model()
        program, (state, batch) = self.program(model), parity.small_input(model, 3)
        loss, _ = program.gradient(state, batch)
        assert program.gradient(state, batch)[0] == loss
        if model.is_noisy:
            others = model.noise(np.random.default_rng(8), batch, parity.LATE)
            assert program.gradient(state, batch._replace(noise=others))[0] != loss

    def test_backend(self, backend: str) -> None:
        """Every variant of the backend that takes some part of it agrees with the oracle."""
        registry = Registry.of()
        loaded = load(registry.backend(backend).target)("cpu", "float32")
        loaded.added_kernels = registry.kernels_of(backend)
        taken, reasons = [], []
        for variant in registry.variants(backend):
            try:
                taken.append(parity.check(loaded, self.model(), variant, Optimizer(), seed=3))
            except Unsupported as reason:
                reasons.append(f"{variant}: {reason}")
        if not taken:
            pytest.skip("; ".join(reasons))


def example(state: States, batch: Batch, k: int, axis: int) -> tuple[States, Batch]:
    """Return one example of a batch, and its state; examples are along ``axis`` of targets."""
    alone = {path: tuple(part[k : k + 1] for part in parts) for path, parts in state.items()}
    return alone, example_of(batch, k, axis)


def cut(batch: Batch, steps: slice) -> Batch:
    """Return some steps of a batch, which has a target at every one."""
    return batch._replace(inputs=batch.inputs[steps], targets=batch.targets[steps])
