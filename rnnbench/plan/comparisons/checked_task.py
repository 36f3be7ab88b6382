"""A task of a plugin, of which every answer is a plain value or an error that names it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, TypeVar, get_args

import numpy as np

from rnnbench.contracts.task import Defaults, Task
from rnnbench.contracts.values import (
    MANY,
    Convert,
    NotPlain,
    amount,
    asked,
    count,
    finite,
    flag,
    guarded,
    number,
    one_of,
    optional,
    positive,
    said,
    text,
    texts,
    token,
)
from rnnbench.errors import PluginError
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.problem import TARGETS, Problem
from rnnbench.models.training.losses import LOSSES
from rnnbench.models.vocabulary import Vocabulary
from rnnbench.plan.comparisons.checked_batch import CheckedBatches
from rnnbench.schema.types import OptimizerName

T = TypeVar("T")

#: The fields of a task's defaults, and what they must be.
DEFAULTS: dict[str, Convert[Any]] = {
    "hidden": positive,
    "layers": positive,
    "batch": positive,
    "embedding": count,
    "optimizer": one_of(*get_args(OptimizerName)),
    "lr": finite,
    "clip": optional(finite),
    "steps": count,
}
#: The fields of a task's problem, likewise.
PROBLEM: dict[str, Convert[Any]] = {
    "inputs": positive,
    "outputs": positive,
    "tokens": flag,
    "loss": one_of(*LOSSES),
    "targets": one_of(*TARGETS),
    "source": one_of("sequence", "one"),
    "lengths": flag,
    "begin": token,
    "end": token,
    "causal": flag,
    "resets": flag,
}


class CheckedTask:
    """A task, asked for plain values alone; each is asked for once.

    Errors of its own making are :class:`~rnnbench.errors.PluginError` and name the property. Its
    batches are held to its problem, see :mod:`rnnbench.plan.comparisons.checked_batch`.

    Attributes:
        who: the task and its plugin, for errors.
    """

    def __init__(self, task: Task, origin: str) -> None:
        """Ask nothing yet.

        Args:
            task: with its options set.
            origin: the plugin it comes from.
        """
        self._task = task
        self.who = f"task {type(task).name!r} of {origin}"
        self._sums: int | None = None

    @cached_property
    def version(self) -> int:
        """See :class:`rnnbench.Task`; likewise what follows."""
        return self._ask("version", count)

    @cached_property
    def carries_state(self) -> bool:
        """Whether a batch continues the one before it."""
        return self._ask("carries_state", flag)

    @cached_property
    def length_option(self) -> str:
        """The option that sets how long sequences are."""
        return self._ask("length_option", text)

    @cached_property
    def time_steps(self) -> int:
        """The time steps of the longest batch, at least."""
        return self._ask("time_steps", positive)

    @cached_property
    def higher_is_better(self) -> bool:
        """Whether a larger score is better."""
        return self._ask("higher_is_better", flag)

    @cached_property
    def score_name(self) -> str:
        """What the score is, with its unit."""
        return self._ask("score_name", text)

    @cached_property
    def sizes(self) -> str:
        """The sizes that the options set."""
        return self._ask("sizes", text)

    @cached_property
    def problem(self) -> Problem:
        """The model that it needs."""
        return self._ask("problem", lambda value: Problem(**fields(value, Problem, PROBLEM)))

    def naive_score(self, batch: int) -> float:
        """Return the score of a predictor that has learnt nothing, over batches of this size."""
        ask = partial(self._task.naive_score_for, batch)
        return asked(self.who, "naive_score", ask, finite)

    @cached_property
    def naive_loss(self) -> float:
        """The training loss of that predictor."""
        return self._ask("naive_loss", finite)

    @cached_property
    def target(self) -> float | None:
        """The score that a training is to reach, None where none is told."""
        return self._ask("target", optional(finite))

    @cached_property
    def data_hash(self) -> str | None:
        """The SHA-256 of the data, None where the task makes its own."""
        return self._ask("data_hash", optional(text))

    @cached_property
    def reads(self) -> Vocabulary | None:
        """What the tokens of its inputs stand for; ``writes`` those of its outputs."""
        return self._ask("reads", optional(vocabulary))

    @cached_property
    def writes(self) -> Vocabulary | None:
        """What the tokens of its outputs stand for, None where they are no text."""
        return self._ask("writes", optional(vocabulary))

    @cached_property
    def split(self) -> str | None:
        """Which part of the data is trained on and which is scored, likewise."""
        return self._ask("split", optional(text))

    @cached_property
    def remarks(self) -> list[str]:
        """What a user should know of the data."""
        return self._ask("remarks", texts)

    def check(self, batch: int) -> None:
        """Raise UsageError if the task can't serve batches of this size."""
        self._guard(f"check({batch})", lambda: self._task.check(batch))

    def training(self, batch: int, seed: int) -> CheckedBatches:
        """Return the training batches, without end."""
        ask = partial(self._task.training, batch, seed)
        return CheckedBatches(self.who, "training()", ask, self.problem, batch, endless=True)

    def testing(self, batch: int) -> CheckedBatches:
        """Return the held-out batches."""
        ask = partial(self._task.testing, batch)
        return CheckedBatches(self.who, "testing()", ask, self.problem, batch, endless=False)

    @cached_property
    def evaluation(self) -> str:
        """How held-out batches are computed."""
        return self._ask("evaluation", one_of("taught", "generated"))

    @cached_property
    def beam(self) -> int:
        """How many beginnings a beam search keeps."""
        return self._ask("beam", positive)

    def validation(self, batch: int) -> CheckedBatches | None:
        """Return the batches that decide when to stop, None where there are none."""
        found = self._guard("validation()", lambda: self._task.validation(batch))
        if found is None:
            return None
        whole = (self.who, "validation()", lambda: found, self.problem, batch)
        return CheckedBatches(*whole, endless=False)

    @cached_property
    def grouped_by(self) -> str:
        """What held-out examples are told apart by, empty for nothing."""
        return self._ask("grouped_by", text)

    def groups(self, batch: Batch) -> np.ndarray:
        """Return the number ``(B,)`` of each held-out example."""
        found = self._guard("groups()", lambda: self._task.groups(batch))
        examples = np.shape(batch.inputs)[1]

        def numbers(value: Any) -> np.ndarray:
            array = np.asarray(value)
            if array.shape != (examples,) or array.dtype.kind not in "iuf":
                raise NotPlain(f"a number for each of {examples} examples")
            if not np.isfinite(array).all():
                raise NotPlain("a finite number for each example")
            return array

        return said(self.who, "groups()", found, numbers)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float | np.ndarray, float]:
        """Return the sum and the count that are scored; of a model that diverged, nan or so."""
        found = self._guard("measure()", lambda: self._task.measure(outputs, batch))
        total, size = said(self.who, "measure()", found, pair)
        total = said(self.who, "the sum of measure()", total, sums)
        if self._sums not in (None, np.size(total)):
            told = f"{np.size(total)} sums, {self._sums} before"
            raise PluginError(f"{self.who}: measure() returns {told}")
        self._sums = np.size(total)
        return total, said(self.who, "the count of measure()", size, amount)

    def score(self, total: float | np.ndarray, size: float) -> float:
        """Return the score of all that :meth:`measure` summed; of a model that diverged, nan or so.

        Raises:
            PluginError: if it counted nothing.
        """
        if not size:
            raise PluginError(f"{self.who}: measure() counts nothing in all that testing() yields")
        return asked(self.who, "finish()", lambda: self._task.finish(total, size), number)

    def _ask(self, name: str, convert: Convert[T]) -> T:
        return asked(self.who, name, lambda: getattr(self._task, name), convert)

    def _guard(self, what: str, call: Callable[[], T]) -> T:
        return guarded(self.who, what, call)


def defaults_of(task: type[Task], origin: str) -> dict[str, Any]:
    """Return the defaults of a task by name.

    Raises:
        PluginError: naming what is wrong with them.
    """
    who = f"task {task.name!r} of {origin}"
    return asked(
        who, "defaults", lambda: task.defaults, lambda value: fields(value, Defaults, DEFAULTS)
    )


def length_option_of(task: type[Task], origin: str) -> str:
    """Return the name of the option that sets how long sequences are.

    Raises:
        PluginError: if it is no text.
    """
    who = f"task {task.name!r} of {origin}"
    return asked(who, "length_option", lambda: task.length_option, text)


def fields(value: Any, wanted: type[Any], kinds: dict[str, Convert[Any]]) -> dict[str, Any]:
    """Return the fields of a dataclass as plain values.

    Raises:
        NotPlain: if it is another class, or a field is of another kind.
    """
    if not isinstance(value, wanted):
        raise NotPlain(f"rnnbench.{wanted.__name__}(...)")
    found = {}
    for name, convert in kinds.items():
        try:
            found[name] = convert(getattr(value, name))
        except NotPlain as error:
            raise NotPlain(f"one whose {name} is {error}") from None
    return found


def vocabulary(value: Any) -> Vocabulary:
    """Return a vocabulary of plain texts, each of them once.

    Raises:
        NotPlain: if it is none.
    """
    what = "a rnnbench.Vocabulary of different texts"
    if not isinstance(value, Vocabulary) or not isinstance(value.symbols, tuple):
        raise NotPlain(what)
    symbols = tuple(text(symbol) for symbol in value.symbols)
    if len(set(symbols)) < len(symbols):
        raise NotPlain(what)
    return Vocabulary(symbols, flag(value.words), text(value.newline))


def sums(value: Any) -> float | np.ndarray:
    """Return a number, or several of them ``(S,)`` in float64."""
    if not isinstance(value, np.ndarray):
        return number(value)
    if value.ndim != 1 or value.dtype.kind not in "iuf" or not 1 <= value.size <= MANY:
        raise NotPlain(f"a number, or an array of 1 to {MANY} numbers")
    return np.array(value, np.float64)


def pair(value: Any) -> tuple[Any, Any]:
    """Return two things of whatever kind."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise NotPlain("a sum and a count")
    return value[0], value[1]
