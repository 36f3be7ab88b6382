"""The promises of a network: laws that hold whatever it computes.

Parity with the oracle can't see a fault of the network's own code, as the oracle runs it, too.
"""

from __future__ import annotations

from typing import ClassVar

import pytest

from rnnbench.conformance.networks.declarations import Declarations
from rnnbench.conformance.networks.examples import Examples
from rnnbench.conformance.networks.gradients import Gradients
from rnnbench.conformance.networks.steps import Steps
from rnnbench.conformance.surroundings import Conformance
from rnnbench.contracts.loading import load
from rnnbench.errors import Unsupported
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.small_input import small_input
from rnnbench.plugins.registry import Registry


class NetworkConformance(Declarations, Gradients, Examples, Steps, Conformance):
    """The promises of a network.

    Attributes:
        network: the network under test, with the options that are to be tested.
        problem: one that it solves.
        cell: what it is made of, if of cells.
        backends: installed backends in which it is compared with the oracle too.
    """

    backends: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        """Parametrize by the backends asked for."""
        if "backend" in metafunc.fixturenames:
            nothing = pytest.param("", marks=pytest.mark.skip("no backends named"), id="none")
            metafunc.parametrize("backend", cls.backends or [nothing])

    def exercise(self) -> None:
        """Build a model, run and train it."""
        model = self.model()
        program, (state, batch) = self.program(model), small_input(model, 3)
        program.forward(state, batch)
        program.train_step(state, batch)

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
