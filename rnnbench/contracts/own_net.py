"""A user's own net: a network of one part, which only its framework can compute."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from rnnbench.errors import OwnNetError
from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.arrays.shapes import NotPortable
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.cell import Shapes
from rnnbench.models.kernel import Kernel
from rnnbench.models.network import Memory, Network, Spec
from rnnbench.models.network_part import Part, Run
from rnnbench.models.problem import Problem
from rnnbench.text import class_name

#: The path of the part.
NET = "net"
#: The sizes of an example. None is one of a problem's: no axis can be taken for another one.
STEPS, EXAMPLES = 5, 3
#: What a net may be, by the library that its class is derived from, or a pair of pure functions.
KINDS: Mapping[str, str] = {
    "torch": "a torch.nn.Module",
    "keras": "a Keras model",
    "tensorflow": "a module of TensorFlow",
    "flax": "a Flax module",
    "equinox": "an Equinox module",
    "function pair": "a pair of functions",
}


class OwnKernel(Kernel):
    """A user's net on one framework.

    Its parameters have names of their own and no canonical form: :meth:`pack` turns what
    :meth:`initial` has drawn into native ones, name by name.

    Attributes:
        batch_first: whether the axis of examples comes before that of time, in inputs and outputs.
    """

    batch_first: ClassVar[bool] = False

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the parameters."""
        return {name: array.shape for name, array in self.initial(0).items()}

    @abstractmethod
    def initial(self, seed: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters by name, the same for the same seed."""

    @abstractmethod
    def apply(self, params: Any, *arrays: Any, **options: Any) -> Array:
        """Compute the outputs.

        Args:
            params: what :meth:`pack` returned, or in its place what the optimizer made of it.
            arrays: the inputs ``(T, B, I)``, of tokens ``(T, B)``; and the lengths ``(B,)`` where
                :attr:`Problem.lengths` holds. With :attr:`batch_first` they are ``(B, T, I)``.
            options: none.

        Returns:
            ``(T, B, O)``, with :attr:`batch_first` ``(B, T, O)``; or ``(B, O)`` where the problem
            has one target.
        """


@dataclass(frozen=True)
class OwnPart(Part):
    """The net as the only part of its network."""

    kernel: OwnKernel = field(compare=False)

    @property
    def shapes(self) -> Shapes:
        """The shapes of the parameters as the net draws them."""
        return self.kernel.shapes

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw them, by a seed that is drawn."""
        return self.kernel.initial(int(rng.integers(2**31)))

    def apply(self, run: Run, *arrays: Any, **options: Any) -> Any:
        """Refuse: nobody else can compute it."""
        raise NotPortable("a net of one's own is computed by its framework alone")


@dataclass(frozen=True)
class OwnNetwork(Network):
    """A user's net in place of the network of a comparison: it keeps no state between batches."""

    name: ClassVar[str] = "own"
    solves: ClassVar[frozenset[str]] = frozenset({"every", "one"})
    uses_cell: ClassVar[bool] = False
    kernel: OwnKernel = field(compare=False)

    def parts(self, spec: Spec) -> Mapping[str, Part]:
        """Return the net."""
        return {NET: OwnPart(self.kernel)}

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Return the outputs, held to the shape that the task wants.

        Raises:
            OwnNetError: if they have another one, naming both.
        """
        turned, every = self.kernel.batch_first, spec.problem.targets == "every"
        lengths = () if batch.lengths is None else (batch.lengths,)
        inputs = axes_swapped(run.xp, batch.inputs) if turned else batch.inputs
        outputs = run(NET, inputs, *lengths)
        where = inputs.shape[:2] if every else batch.inputs.shape[1:2]
        given, wanted = shape_of(outputs), (*where, spec.problem.outputs)
        if given != wanted:
            what = f"a {class_name(outputs)}" if given is None else f"the shape {given}"
            raise OwnNetError(f"of inputs {tuple(inputs.shape)} it returns {what}, wanted {wanted}")
        return axes_swapped(run.xp, outputs) if turned and every else outputs


def axes_swapped(xp: Namespace, x: Array) -> Array:
    """Swap the axes of time and of examples, the first two."""
    return xp.permute_dims(x, (1, 0, *range(2, len(x.shape))))


def shape_of(outputs: Any) -> tuple[int, ...] | str | None:
    """Return the shape of what a net returns, None if it has none; in words if nobody knows it."""
    shape = getattr(outputs, "shape", None)
    try:
        return None if shape is None else tuple(shape)
    except ValueError:  # of a graph whose operations don't tell how many axes they return
        return str(shape)


def net_kind(made: Any) -> str | None:
    """Return what a user's factory has made: one of :data:`KINDS`, None if it is of none."""
    for base in type(made).__mro__:
        if (library := base.__module__.partition(".")[0]) in KINDS:
            return library
    is_pair = isinstance(made, tuple) and len(made) == 2 and all(map(callable, made))
    return "function pair" if is_pair else None


def example_inputs(problem: Problem, batch_first: bool = False) -> tuple[np.ndarray, ...]:
    """Return inputs as a net is given them, all zero, with their lengths if it gets any.

    To be called with them is what makes the parameters of some nets.

    Args:
        problem: says whether they are numbers or tokens, and whether they have lengths.
        batch_first: see :class:`OwnKernel`.
    """
    shape = (EXAMPLES, STEPS) if batch_first else (STEPS, EXAMPLES)
    inputs = np.zeros(shape, int) if problem.tokens else np.zeros((*shape, problem.inputs))
    return (inputs, np.full(EXAMPLES, STEPS))[: 1 + problem.lengths]


def check_anew(drawn: Iterable[Any], before: Iterable[Any]) -> None:
    """Refuse a net that shares parameters with one that its factory has made before.

    Args:
        drawn: the parameters of the net that was made now, as objects of its framework.
        before: those of the earlier one.

    Raises:
        OwnNetError: if one is among both: training would go on where another has ended.
    """
    if {id(one) for one in drawn} & {id(one) for one in before}:
        raise OwnNetError("it returns parameters that it has made before: let it make new ones")


def unfit_net(made: Any, backend: str, takes: str) -> OwnNetError:
    """Return the error for what a backend takes for no net of its own.

    Args:
        made: what the user's factory has returned.
        backend: its name.
        takes: what it takes, in words.
    """
    holds = f" of {', '.join(map(class_name, made))}" if type(made) is tuple and made else ""
    name = class_name(made)
    article = "an" if name[:1].lower() in "aeio" else "a"
    what = KINDS.get(net_kind(made) or "", f"{article} {name}{holds}")
    return OwnNetError(f"it makes {what}, and {backend} takes {takes}")
