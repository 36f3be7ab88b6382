"""Who watches a run."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from rnnbench.schema.plan import Planned


class View(Protocol):
    """Who watches a run."""

    def stage(self, text: str, planned: Planned | None = None) -> None:
        """Begin something else; what was done before is over."""

    def advance(self, share: float) -> None:
        """Tell that so much of the present stage is done, from 0 to 1."""


class Audience(Protocol):
    """Whoever a run is carried out for: sees it go on, and is told what is no result."""

    def display(self, stages: int, comparisons: int) -> AbstractContextManager[View]:
        """Return what shows the progress of so many stages and comparisons."""

    def tell(self, text: str) -> None:
        """Tell something in a line."""
