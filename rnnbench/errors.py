"""The errors that reach a user.

RnnbenchError
  UsageError     what was asked for can't be done: one line on the terminal, exit code 2
    PluginError  a plugin has said what it must not; of a row in its worker, a failed row
      OwnNetError  the same of a user's own net
      NoAnswer   a plugin that is asked does not come to an end
  Unsupported    a backend says that it can't run this: a row of the table, no failure
  Mismatch       a row computes another function than the oracle: a failed row
  DataChanged    a row's data are not those of its plan: a failed row
  Diverged       a loss, or what a net says, is no finite number: a failed training
  RankEnded      one of the processes that share a row is lost: a failed row
  WorkerError    a worker process broke: a failed row
  ResultsError   what can't be written: a record, and the run ends with what it has; weights, and a
                 training has failed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType

from rnnbench.schema.status import Status
from rnnbench.text import either, shown

#: The most names that an error lists if they are listed elsewhere, and that it says are close then.
MOST_LISTED, MOST_CLOSE = 40, 3


class RnnbenchError(Exception):
    """The root of all errors that rnnbench raises on purpose."""


class UsageError(RnnbenchError):
    """The request is wrong; the message says what, where and what to do instead.

    Attributes:
        about: the keys of a suite's block that are at fault, each as the way to it:
            ``("batch",)``, ``("options", "lstm")``.
    """

    about: tuple[tuple[str, ...], ...] = ()


class PluginError(UsageError):
    """A plugin has said what it must not, or raised where it must not; the message names it."""


class OwnNetError(PluginError):
    """A user's own net is not what it must be; the message says what it is, and what is wanted."""


class NoAnswer(PluginError):
    """A plugin that was asked has not come to an end in its time; the message names it."""


class Unsupported(RnnbenchError):
    """A backend can't run what was asked; the message is the reason shown in the row."""


class Mismatch(RnnbenchError):
    """The row and the float64 oracle disagree.

    Attributes:
        error: the largest max|a-b| / max(1, max|b|) over all tensors.
    """

    def __init__(self, message: str, error: float) -> None:
        super().__init__(message)
        self.error = error


class DataChanged(RnnbenchError):
    """The data that a task reads are not those that the plan was made with."""


class Diverged(RnnbenchError):
    """A training whose loss or score is no finite number, or a net whose outputs are none."""


class RankEnded(RnnbenchError):
    """One of several processes that compute a row has ended or is silent; it says which and how."""


class WorkerError(RnnbenchError):
    """A worker process failed outside a trial's own code.

    Attributes:
        status: how its row ends.
    """

    def __init__(self, message: str, status: Status) -> None:
        super().__init__(message)
        self.status = status


class ResultsError(RnnbenchError):
    """A record, or saved weights, that can't be written to disk; the message says why."""


class about(AbstractContextManager[None]):  # noqa: N801 - it is called as a function
    """Say of an error within a ``with`` block what it is about; see :class:`UsageError`."""

    def __init__(self, *keys: tuple[str, ...]) -> None:
        """Say nothing yet."""
        self._keys = keys

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, UsageError):
            error.about = error.about or self._keys


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is closest to a name, None if none is close.

    Capital and small letters are alike.
    """
    return next(iter(close_ones(name, known, 1)), None)


def close_ones(name: str, known: Iterable[str], most: int) -> list[str]:
    """Return the known names that are close to a name, the closest first; see :func:`closest`."""
    lower = {each.lower(): each for each in sorted(known, reverse=True)}
    return [lower[one] for one in difflib.get_close_matches(name.lower(), lower, n=most)]


def unknown(kind: str, name: str, known: Iterable[str], listed: str = "") -> UsageError:
    """Return the error for a name that does not exist, with the closest and all the known ones.

    Args:
        kind: what it should name.
        name: the name.
        known: those that there are.
        listed: the sentence that says where all of them are listed: it stands in place of very many
            names, where some are close.
    """
    names = sorted(known)
    among_many = bool(listed) and len(names) > MOST_LISTED
    close = close_ones(name, names, MOST_CLOSE if among_many else 1)
    hint = f" Did you mean {either(map(repr, close))}?" if close else ""
    rest = listed if close and among_many else f"Known: {', '.join(names) or 'none'}."
    return UsageError(f"unknown {kind} {shown(name)}.{hint} {rest}")
