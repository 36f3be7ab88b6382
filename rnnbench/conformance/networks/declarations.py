"""The promises of what a network says of itself: names, options, parameters, shapes."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re

import msgspec
import numpy as np

from rnnbench.conformance.networks.under_test import (
    NetworkUnderTest,
)
from rnnbench.models.counting import counted
from rnnbench.models.model import Model
from rnnbench.oracle.small_input import EXAMPLES, small_input
from rnnbench.oracle.traces import named


class Declarations(NetworkUnderTest):
    """What a network says of itself: names, options, parameters, shapes, arrays."""

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
            *(self.program(each).gradient(*small_input(each, 3)) for each in (one, other)),
            strict=True,
        )
        ours, theirs = (named("", each) for each in gradients)
        same = all(np.array_equal(array, theirs[name]) for name, array in ours.items())
        return same and losses[0] == losses[1]

    def test_initial(self) -> None:
        """Initial parameters are float64, finite, shaped as told, the same for the same seed."""
        model = self.model()
        first, again = (named("", model.initial(5)) for _ in range(2))
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
        state, batch = small_input(model, 3)
        outputs, after = self.program(model).forward(state, batch._replace(noise=None))
        steps = () if self.problem.targets == "one" else (batch.targets.shape[0],)
        assert np.shape(outputs) == (*steps, EXAMPLES, self.problem.outputs)
        assert {path: [part.shape for part in parts] for path, parts in after.items()} == {
            path: [part.shape for part in parts] for path, parts in state.items()
        }

    def test_namespace(self) -> None:
        """It does with arrays what a ``Namespace`` lists, and nothing else."""
        for lengths in (False, True):
            model = self.model(lengths=lengths)
            _, batch = small_input(model, 3)
            flops = counted(model, batch)
            assert 0 < flops.forward <= flops.train_step
