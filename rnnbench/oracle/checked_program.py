"""A program while it is proved: an answer of another kind is an error that names the method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnnbench.contracts.program import Program
from rnnbench.contracts.values import NotPlain, said, scalar
from rnnbench.errors import PluginError
from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Batch, Params, States
from rnnbench.models.model import Model


class CheckedProgram:
    """The methods of a program that a proof calls; a timed program is called without all this.

    What is raised in them passes as it is, since it may be the fault of a network or a cell.
    """

    def __init__(self, program: Any, who: str) -> None:
        """Call nothing yet.

        Args:
            program: what its :meth:`~rnnbench.Backend.program` has returned.
            who: the backend and its plugin, for errors.

        Raises:
            PluginError: if it is no program.
        """
        self._who = who
        self._program = said(who, "program()", program, a_program)

    def forward(self, state: States, batch: Batch) -> tuple[Array, States]:
        """See :class:`rnnbench.Program`; likewise what follows."""
        return said(self._who, "forward()", self._program.forward(state, batch), outputs_and_state)

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Return the loss and its gradients."""
        found = said(self._who, "gradient()", self._program.gradient(state, batch), a_pair)
        loss = said(self._who, "the loss of gradient()", found[0], scalar)
        return loss, said(self._who, "the second of gradient()", found[1], parameters)

    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Take a step."""
        found = self._program.train_step(state, batch)
        return said(self._who, "train_step()", found, outputs_and_state)

    def params(self) -> Params:
        """Return the parameters."""
        return said(self._who, "params()", self._program.params(), parameters)


def a_program(value: Any) -> Program:
    """Return a program."""
    if not isinstance(value, Program):
        raise NotPlain("an rnnbench.Program")
    return value


def a_pair(value: Any) -> tuple[Any, Any]:
    """Return two things of whatever kind."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise NotPlain("a pair")
    return value[0], value[1]


def outputs_and_state(value: Any) -> tuple[Array, States]:
    """Return something and a state by path."""
    if not isinstance(value, tuple | list) or len(value) != 2 or not isinstance(value[1], Mapping):
        raise NotPlain("a pair of an array and a dict of states")
    return value[0], dict(value[1])


def parameters(value: Any) -> Params:
    """Return arrays by the name of their group and their own."""
    if not isinstance(value, Mapping) or not all(isinstance(g, Mapping) for g in value.values()):
        raise NotPlain("a dict of dicts of arrays")
    return {path: dict(group) for path, group in value.items()}


def check_outputs(model: Model, outputs: np.ndarray, batch: Batch) -> None:
    """Hold what a network has computed to the shape of the targets.

    Raises:
        PluginError: if it is another one, which a loss might take all the same.
    """
    where = batch.targets.shape[: 1 if model.spec.problem.targets == "one" else 2]
    wanted = (*where, model.spec.problem.outputs)
    if outputs.shape != wanted:
        raise PluginError(
            f"network {model.network.name!r}: its outputs have the axes {outputs.shape}, "
            f"not {wanted}"
        )
