"""What a run shows while it goes on: interfaces for whoever displays it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from rnnbench.schema.plan import Planned


class View(Protocol):
    """A display of progress."""

    def stage(self, text: str, planned: Planned | None = None) -> None:
        """Show the stage that begins now, and the comparison it belongs to."""

    def advance(self, share: float) -> None:
        """Show the share of the present stage that is done, from 0 to 1."""


class Audience(Protocol):
    """The person at the terminal, say: sees progress and reads messages."""

    def display(self, stages: int, comparisons: int) -> AbstractContextManager[View]:
        """Return a display for so many stages and comparisons."""

    def tell(self, text: str) -> None:
        """Show a message of one line."""
