"""The batches of a task, each held to the problem that the task has stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from rnnbench.contracts.values import NotPlain, guarded, said
from rnnbench.errors import PluginError, UsageError
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.problem import Problem
from rnnbench.text import shown

#: The kinds of NumPy's dtypes that are whole and real numbers.
WHOLE, REAL = "iu", "f"


class CheckedBatches:
    """A stream of batches that are what the problem says, all of one shape.

    Attributes:
        yielded: how many there were so far.
    """

    def __init__(
        self,
        who: str,
        method: str,
        stream: Callable[[], Iterable[Batch] | None],
        problem: Problem,
        size: int,
        endless: bool,
    ) -> None:
        """Ask for no batch yet.

        Args:
            who: the task and its plugin, for errors.
            method: which of its methods makes the stream: ``training()``.
            stream: calls it.
            problem: what each batch must fit.
            size: the examples of a batch.
            endless: whether the stream must not end.

        Raises:
            PluginError: if the method raises, or returns nothing that can be iterated over.
        """
        self._who, self._method, self._endless = who, method, endless
        self._problem, self._size = problem, size
        self._shapes: tuple[int, ...] | None = None
        self.yielded = 0
        found = said(who, method, self._ask(stream), iterable)
        self._stream = self._ask(lambda: iter(found))

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        """Return the next batch.

        Raises:
            PluginError: if it is none, or the stream ends and must not.
        """
        ended = object()
        found = self._ask(lambda: next(self._stream, ended))
        if found is ended:
            if self._endless:
                ends = f"{self._method} ends after {self.yielded} batch{'es' * (self.yielded != 1)}"
                raise PluginError(f"{self._who}: {ends}; it must not end")
            raise StopIteration
        self._hold(found)
        self.yielded += 1
        return found  # type: ignore[no-any-return]  # by then it is a batch

    def _ask(self, call: Callable[[], Any]) -> Any:
        """Return what a call of the task returns; what it says to a user bears its name."""
        try:
            return guarded(self._who, self._method, call)
        except PluginError:
            raise
        except UsageError as error:
            raise PluginError(f"{self._who}: {self._method}: {error}") from error

    def _hold(self, batch: Any) -> None:
        """Raise PluginError if something is no batch, or not one like the first."""
        try:
            check(batch, self._problem, self._size)
            shapes = (*batch.inputs.shape, *batch.targets.shape)
            if self._shapes not in (None, shapes):
                was, now = (sentence(one) for one in (self._shapes, shapes))
                raise NotPlain(f"its arrays have the axes {now}, those before had {was}")
            self._shapes = shapes
        except NotPlain as error:
            raise PluginError(
                f"{self._who}: batch {self.yielded + 1} of {self._method} is wrong: {error}"
            ) from None


def iterable(value: Any) -> Iterable[Any]:
    """Return what can be iterated over, and is no text."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise NotPlain("an iterable of batches")
    return value


def check(batch: Any, problem: Problem, size: int) -> None:
    """Hold one batch to its problem.

    Args:
        batch: of a task.
        problem: what the task has stated.
        size: the examples of a batch, B.

    Raises:
        NotPlain: saying which of its arrays is wrong, and how.
    """
    if not isinstance(batch, Batch):
        raise NotPlain(f"it is {shown(batch)}, not an rnnbench.Batch")
    steps = steps_of("inputs", batch.inputs)
    if problem.source == "one" and steps != 1:
        raise NotPlain(f"inputs have {steps} steps, and the problem's source is one step")
    check_array("inputs", batch.inputs, (steps, size), problem.inputs, problem.tokens)
    classes = problem.loss == "cross-entropy"
    written = {"every": steps, "one": 1}.get(problem.targets)
    written = steps_of("targets", batch.targets) if written is None else written
    where = (size,) if problem.targets == "one" else (written, size)
    check_array("targets", batch.targets, where, problem.outputs, classes)
    check_lengths("lengths", batch.lengths, steps, size, problem.lengths)
    sequence = problem.lengths and problem.targets == "sequence"
    check_lengths("target_lengths", batch.target_lengths, written, size, sequence)
    check_resets(batch.resets, size, problem.resets)
    for name in ("noise", "rate", "counted"):
        if (value := getattr(batch, name)) is not None:
            raise NotPlain(f"{name} is {shown(value)}; a task leaves it None")


def steps_of(name: str, array: Any) -> int:
    """Return the length of an array's first axis, which must be there."""
    if not isinstance(array, np.ndarray):
        raise NotPlain(f"{name} is {shown(array)}, not a NumPy array")
    if array.ndim < 2 or not len(array):
        raise NotPlain(
            f"{name} have the axes {sentence(array.shape)}, not steps and examples first"
        )
    return len(array)


def check_array(name: str, array: Any, where: tuple[int, ...], size: int, classes: bool) -> None:
    """Hold an array to one of ``size`` classes, or to ``size`` finite numbers, everywhere."""
    if not isinstance(array, np.ndarray):
        raise NotPlain(f"{name} is {shown(array)}, not a NumPy array")
    wanted, kinds = (where, WHOLE) if classes else ((*where, size), REAL)
    if array.dtype.kind not in kinds:
        what = "whole" if classes else "real"
        raise NotPlain(f"{name} are of the dtype {array.dtype}, not {what} numbers")
    if array.shape != wanted:
        raise NotPlain(f"{name} have the axes {sentence(array.shape)}, not {sentence(wanted)}")
    if classes and not 0 <= array.min() <= array.max() < size:
        raise NotPlain(f"{name} go from {array.min()} to {array.max()}, not from 0 to {size - 1}")
    if not classes and not np.isfinite(array).all():
        raise NotPlain(f"{name} are not all finite")


def check_lengths(name: str, lengths: Any, steps: int, size: int, wanted: bool) -> None:
    """Hold lengths to one whole number for each example, from 1 to the steps of the batch."""
    if not wanted:
        if lengths is not None:
            raise NotPlain(f"it has {name}, and the problem says that there are none")
        return
    if not isinstance(lengths, np.ndarray) or lengths.dtype.kind not in WHOLE:
        raise NotPlain(f"{name} is {shown(lengths)}, not a NumPy array of whole numbers")
    if lengths.shape != (size,):
        raise NotPlain(f"{name} have the axes {sentence(lengths.shape)}, not {sentence((size,))}")
    if not 1 <= lengths.min() <= lengths.max() <= steps:
        low, high = lengths.min(), lengths.max()
        raise NotPlain(f"{name} go from {low} to {high}, not from 1 to the {steps} steps there are")


def check_resets(resets: Any, size: int, wanted: bool) -> None:
    """Hold resets to one truth value for each example."""
    if not wanted and resets is not None:
        raise NotPlain("it has resets, and the problem says that there are none")
    if wanted and not (isinstance(resets, np.ndarray) and resets.dtype == np.bool_):
        raise NotPlain(f"resets is {shown(resets)}, not a NumPy array of True and False")
    if wanted and resets.shape != (size,):
        raise NotPlain(f"resets have the axes {sentence(resets.shape)}, not {sentence((size,))}")


def sentence(shape: tuple[int, ...] | None) -> str:
    """Return a shape as it is written: ``(3, 4)``."""
    return str(tuple(map(int, shape or ())))
