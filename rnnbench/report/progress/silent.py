"""No progress, as a script wants it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from rnnbench.results.work_left import Stage
from rnnbench.running.view import Records
from rnnbench.schema.plan import Planned
from rnnbench.text import plain


class Silence:
    """A display of nothing."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def expect(self, stages: Sequence[Stage]) -> None:
        """Show nothing; likewise what follows."""

    def stage(
        self, text: str, planned: Planned | None = None, max_time: float | None = None
    ) -> None:
        """Show nothing."""

    def advance(self, share: float, so_far: Records | None = None) -> None:
        """Show nothing."""

    def tick(self) -> None:
        """Show nothing."""

    def finished(self, records: Records) -> None:
        """Show nothing."""


class Quiet:
    """The audience of a run in a script: messages go to the logger ``rnnbench``, at level INFO."""

    def display(self, stages: Sequence[Stage], comparisons: int) -> Silence:
        """Return a display of nothing."""
        return Silence()

    def tell(self, text: str) -> None:
        """Log a line."""
        logging.getLogger("rnnbench").info(plain(text))
