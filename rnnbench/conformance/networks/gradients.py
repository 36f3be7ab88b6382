"""The promises of a network's gradients: right, everywhere, and of the noise that it is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnbench.conformance.finite_differences import GRADIENT_TOLERANCE, central_differences
from rnnbench.conformance.networks.under_test import (
    NetworkUnderTest,
)
from rnnbench.oracle import parity
from rnnbench.oracle.small_input import LATE, small_input
from rnnbench.oracle.traces import named


class Gradients(NetworkUnderTest):
    """Gradients are right, reach every parameter, and depend on the noise of the batch alone."""

    def test_gradient(self) -> None:
        """The oracle's gradients agree with central differences."""
        model = self.model()
        state, batch = small_input(model, 3)
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
        _, gradients = self.program(model).gradient(*small_input(model, 3))
        assert [n for n, a in named("", gradients).items() if not np.any(a)] == []

    def test_noise(self) -> None:
        """Dropout is that of the batch and nothing else: the same masks, the same loss."""
        model = self.model()
        program, (state, batch) = self.program(model), small_input(model, 3)
        loss, _ = program.gradient(state, batch)
        assert program.gradient(state, batch)[0] == loss
        if model.is_noisy:
            others = model.noise(np.random.default_rng(8), batch, LATE)
            assert program.gradient(state, batch._replace(noise=others))[0] != loss
