"""Networks: how a model is composed of parts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.models.cell import Cell
from rnnbench.models.network_part import Part, Run
from rnnbench.models.problem import Problem

#: What an encoder hands to every step of the decoder: a tree of arrays, empty without an encoder.
Memory: TypeAlias = Any


@dataclass(frozen=True)
class Spec:
    """What a network is built for.

    Attributes:
        problem: what goes in and comes out.
        cell: the recurrence, None where the network has none.
        hidden: units ``H`` of each layer.
        layers: how many are stacked.
        embedding: the width of the embedding of tokens; 0 feeds them one-hot.
        carried: whether the state after a batch is that before the next one; if not, a network need
            remember nothing.
        stride: in training, after how many steps of a batch the state is that of the next one; 0
            for after the last. Windows of truncated backpropagation through time may overlap.
    """

    problem: Problem
    cell: Cell | None
    hidden: int
    layers: int = 1
    embedding: int = 0
    carried: bool = True
    stride: int = 0


@dataclass(frozen=True)
class Network(ABC):
    """A way to compose parts, written once over ``xp``.

    A subclass is a frozen dataclass; its fields are the network's options, each with a default.
    """

    #: The name in tables and on the command line.
    name: ClassVar[str]
    #: The values of :attr:`Problem.targets` that it has outputs for.
    solves: ClassVar[frozenset[str]]
    #: Whether it is made of cells.
    uses_cell: ClassVar[bool] = True

    @property
    def causal(self) -> bool:
        """Whether no output depends on a later input, with the options that are set."""
        return True

    def unused(self, spec: Spec) -> Mapping[str, str]:
        """Return the options that change nothing in such a model, each with when that is so.

        As ``{"dropout": "with one layer"}``. They are told and left out where they are given.
        """
        return {}

    @abstractmethod
    def parts(self, spec: Spec) -> Mapping[str, Part]:
        """Return the parts by name, in the order in which their parameters are drawn."""

    def encode(self, run: Run, spec: Spec, batch: Batch) -> tuple[Memory, States]:
        """Compute what precedes the first step.

        Returns:
            What :meth:`decode` is given as ``memory``, and the states in which it begins, by path,
            where they are others than those given.
        """
        return (), {}

    @abstractmethod
    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Compute the outputs of all steps in ``batch``, or of one at a time.

        Args:
            run: by whose name parts are run: ``run("readout", xs)``.
            spec: what the network was built for.
            memory: what :meth:`encode` returned.
            batch: the inputs, and whatever else the network reads.

        Returns:
            ``(T, B, O)``, or ``(B, O)`` where the problem has one target.
        """


def unfit(network: Network, problem: Problem) -> str | None:
    """Return why a network is not for a problem, None if it is."""
    targets = problem.targets
    if targets not in network.solves:
        solved = " and ".join(map(repr, sorted(network.solves)))
        return f"the network {network.name!r} is for targets {solved}, not {targets!r}"
    if problem.causal and not network.causal:
        return f"{with_options(network)} reads later inputs, which hold the targets"
    return None


def with_options(network: Network) -> str:
    """Return a network in words, with the options that are not at their defaults."""
    from rnnbench.schema.words import written  # with msgspec, which a list of networks can spare

    values = ((field, getattr(network, field.name)) for field in fields(network))
    chosen = [
        f"{field.name} = {written(value)}" for field, value in values if value != field.default
    ]
    return f"the network {network.name!r}" + (f" with {', '.join(chosen)}" if chosen else "")
