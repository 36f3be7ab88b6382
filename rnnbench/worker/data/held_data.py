"""The data of a worker: read once, and held to the hash that the plan has of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from rnnbench.errors import DataChanged, PluginError, UsageError
from rnnbench.plan.comparisons.build import Built, Tasks, build
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.weights.file import Weights

T = TypeVar("T")


class HeldData:
    """Builds rows from tasks that are made once each, and looks whether their data still are there.

    A task keeps what it has read. One that does not, or whose data are changed in place, is found
    out by another one of the same options, made for that alone, which reads the data anew.
    """

    def __init__(self, registry: Registry, weights: Weights | None = None) -> None:
        """Read nothing yet."""
        self._registry = registry
        self._tasks = Tasks(registry, weights)

    def build(self, comparison: Comparison, planned: str | None) -> Built:
        """Return the objects of a comparison.

        Args:
            comparison: the specification.
            planned: SHA-256 of the data that the plan was made with, None where there are none.

        Raises:
            DataChanged: if its task has read other data, or can't read them.
        """
        built = _reading(comparison.task, lambda: build(comparison, self._tasks))
        self._check(comparison, planned, self._tasks, "are not those of the plan")
        return built

    def check_unchanged(self, comparison: Comparison, planned: str | None) -> None:
        """Look at the data once more.

        Raises:
            DataChanged: if they are others by now, or can't be read.
        """
        self._check(comparison, planned, Tasks(self._registry), "have changed during the run")

    def _check(self, comparison: Comparison, planned: str | None, tasks: Tasks, what: str) -> None:
        name = comparison.task
        found = _reading(name, lambda: tasks.of(comparison.task, comparison.task_options).data_hash)
        if found != planned:
            raise DataChanged(
                f"the data of {name} {what}: SHA-256 {_short(found)} in place of {_short(planned)}"
            )


def _reading(task: str, read: Callable[[], T]) -> T:
    """Return what is read; what a task says to a user of a file that has gone is the reason."""
    try:
        return read()
    except PluginError:
        raise
    except UsageError as error:
        raise DataChanged(f"the data of {task} can't be read as planned: {error}") from error


def _short(sha256: str | None) -> str:
    return "none" if sha256 is None else f"{sha256[:12]}…"
