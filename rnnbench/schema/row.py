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


class OwnNet(msgspec.Struct, frozen=True):
    """A net that a user has written: a row of its own, which no oracle knows.

    Attributes:
        row: the backend that it belongs to, and the variant that it is called.
        path: of its file, from the folder that the run was begun in.
        name: of what makes it, in that file.
        source: SHA-256 of the file.
    """

    row: Row
    path: str
    name: str
    source: str

    def __str__(self) -> str:
        """As after ``--model``: the backend, the file and the name."""
        return f"{self.row.backend}:{self.path}:{self.name}"
