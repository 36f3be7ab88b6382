"""One row of the table."""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One row of the table: a backend in one variant.

    Attributes:
        backend: its name.
        variant: its name.
        environment: the one in which it is installed, empty for that of rnnbench itself; see
            :mod:`rnnbench.plan.environments`.
    """

    backend: str
    variant: str
    environment: str = ""

    @property
    def place(self) -> str:
        """``backend``, or ``backend@environment``."""
        return f"{self.backend}@{self.environment}" if self.environment else self.backend

    def __str__(self) -> str:
        if not self.environment:  # as nearly all, and told sooner
            return f"{self.backend}:{self.variant}"
        return f"{self.place}:{self.variant}"
