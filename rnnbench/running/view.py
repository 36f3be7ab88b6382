"""What a run shows while it goes on: interfaces for whoever displays it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from rnnbench.results.work_left import Stage
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.kinds import AnyRecord

#: Makes the records of a run that tell of one comparison. It takes time, and so is called only if
#: they are to be shown.
Records = Callable[[], Sequence[AnyRecord]]


class View(Protocol):
    """A display of progress; it is told something only while nothing is timed."""

    def expect(self, stages: Sequence[Stage]) -> None:
        """Take these for the stages that are left."""

    def stage(
        self, text: str, planned: Planned | None = None, max_time: float | None = None
    ) -> None:
        """Show the stage that begins now.

        Args:
            text: what is done; its first word is the kind of the stage, see :class:`Stage`.
            planned: the comparison that it belongs to.
            max_time: seconds that it takes at most, where the plan says so.
        """

    def advance(self, share: float, so_far: Records | None = None) -> None:
        """Show the share of the present stage that is done, from 0 to 1, and what was found."""

    def tick(self) -> None:
        """Show that time passes."""

    def finished(self, records: Records) -> None:
        """Show what was found in a comparison that is finished."""


class Audience(Protocol):
    """The person at the terminal, say: sees progress and reads messages."""

    def display(self, stages: Sequence[Stage], comparisons: int) -> AbstractContextManager[View]:
        """Return a display.

        Args:
            stages: the stages that are to come.
            comparisons: how many the plan has.
        """

    def tell(self, text: str) -> None:
        """Show a message of one line."""
