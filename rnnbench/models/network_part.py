"""Parts: the pieces of a network, each of them shapes and plain code over ``xp``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.arrays.trees import Native, Noise, States
from rnnbench.models.cell import Group, Shapes
from rnnbench.models.kernel import Kernel, Recurrence


class Extent(NamedTuple):
    """How large a training batch is, and which it is.

    Attributes:
        steps: T, of the inputs.
        targets: the steps of targets that are a sequence of their own, else T.
        batch: B.
        number: how many training steps come before it.
    """

    steps: int
    targets: int
    batch: int
    number: int = 0


@dataclass(frozen=True)
class Part(ABC):
    """A piece of a network: a layer, a read-out, or a composition of other parts.

    A subclass is a frozen dataclass; its fields are its sizes and options.
    """

    @property
    def parts(self) -> Mapping[str, Part]:
        """The children by name; a name may hold dots, and makes one path with those above it."""
        return {}

    @property
    def shapes(self) -> Shapes:
        """The shapes of its own parameters, those of its children left out."""
        return {}

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw its own initial parameters in float64: zeros unless a part says otherwise."""
        return {name: np.zeros(shape) for name, shape in self.shapes.items()}

    @property
    def state_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of what it remembers from batch to batch, without the axis of examples."""
        return ()

    def zero_state(self, batch: int) -> State:
        """Return what it remembers before the first step: zeros, unless a part says otherwise."""
        return tuple(np.zeros((batch, *shape)) for shape in self.state_shapes)

    def noise(self, extent: Extent) -> tuple[tuple[int, ...], float] | None:
        """Return the dropout mask it wants in training: the shape, and the share that is kept."""
        return None

    @abstractmethod
    def apply(self, run: Run, *arrays: Any, **options: Any) -> Any:
        """Compute the part in portable code.

        Args:
            run: what it computes with; children are run by ``run("name", ...)``.
            arrays: what it is applied to.
            options: its own.
        """


class Computation(NamedTuple):
    """What all parts share while a model is computed once.

    Attributes:
        xp: the array functions.
        kernels: by the path of the part that each of them takes.
        parts: all parts by path.
        params: the native parameters by path.
        state: the state by path, before the first step.
        noise: the dropout masks by path; empty in evaluation.
        kept: the state after the last step, of the parts that have run.
    """

    xp: Namespace
    kernels: Mapping[str, Kernel]
    parts: Mapping[str, Part]
    params: Native
    state: States
    noise: Noise
    kept: States


class Run:
    """One part within one computation: what it computes with, and its children by name.

    Attributes:
        xp: the array functions.
        p: the part's own parameters, in native form.
        state: its state before the first step.
        noise: its dropout mask, or None in evaluation.
        kernel: the kernel that takes it, or None where it runs as it is written.
    """

    __slots__ = ("computation", "kernel", "noise", "p", "path", "state", "xp")

    def __init__(self, computation: Computation, path: str) -> None:
        self.computation, self.path = computation, path
        self.xp, kernels, _, params, states, noise, _ = computation
        self.kernel: Kernel | None = kernels.get(path)
        self.p: Group = params.get(path, {})
        self.state: State = states.get(path, ())
        self.noise: Array | None = noise.get(path)

    def child(self, name: str) -> Run:
        """Return the run of a child."""
        return Run(self.computation, f"{self.path}.{name}" if self.path else name)

    def keep(self, state: State) -> None:
        """Keep the part's state after the last step."""
        self.computation.kept[self.path] = state

    def after(self) -> States:
        """Return the states after the last step; a part that has not run keeps its own."""
        return self.computation.state | self.computation.kept

    def __call__(self, name: str, *arrays: Any, **options: Any) -> Any:
        """Run a child, by the kernel that takes it whole or as it is written.

        A layer runs as it is written, and calls its recurrence itself.
        """
        child = self.child(name)
        if child.kernel is None or isinstance(child.kernel, Recurrence):
            return self.computation.parts[child.path].apply(child, *arrays, **options)
        return child.kernel.apply(child.p, *arrays, **options)


def by_path(parts: Mapping[str, Part], above: str = "") -> Iterator[tuple[str, Part]]:
    """Yield the path and the part of all ``parts`` and their children, each before its own."""
    for name, part in parts.items():
        yield f"{above}{name}", part
        yield from by_path(part.parts, f"{above}{name}.")
