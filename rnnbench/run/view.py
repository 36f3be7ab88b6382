"""What a run shows while it goes on: interfaces for whoever displays it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from rnnbench.schema.plan import Planned


class View(Protocol):
    """A display of progress."""

    def stage(
        self, text: str, planned: Planned | None = None, max_time: float | None = None
    ) -> None:
        """Show the stage that begins now.

        Args:
            text: what is done.
            planned: the comparison that it belongs to.
            max_time: seconds that it takes at most, where the plan says so.
        """

    def advance(self, share: float) -> None:
        """Show the share of the present stage that is done, from 0 to 1."""


class Audience(Protocol):
    """The person at the terminal, say: sees progress and reads messages."""

    def display(
        self, stages: int, comparisons: int, max_times: Sequence[float] = ()
    ) -> AbstractContextManager[View]:
        """Return a display.

        Args:
            stages: how many are to come.
            comparisons: how many the plan has.
            max_times: seconds that stages take at most, of those of which the plan says it.
        """

    def tell(self, text: str) -> None:
        """Show a message of one line."""
