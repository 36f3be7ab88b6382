"""The run that an argument means; where something else could be meant, stderr says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def file_of(run: str | None, out: Path) -> Path:
    """Return the results file of a run; see :func:`rnnbench.api.reading.file_of`."""
    from rnnbench.api import reading
    from rnnbench.system.io.streams import tell

    return reading.file_of(run, out, tell)


def gathered(run: str | None, out: Path) -> list[Path]:
    """Return those of a run, one for each kind of machine; see ``reading.gathered``."""
    from rnnbench.api import reading
    from rnnbench.system.io.streams import tell

    return reading.gathered(run, out, tell)


def files_of(runs: Sequence[str], out: Path) -> list[Path]:
    """Return those of some runs; see :func:`rnnbench.api.reading.files_of`."""
    from rnnbench.api import reading
    from rnnbench.system.io.streams import tell

    return reading.files_of(runs, out, tell)


def file_to_append_to(run: str | None, out: Path) -> Path:
    """Return that of a run to go on with; see :func:`rnnbench.api.reading.file_to_append_to`."""
    from rnnbench.api import reading
    from rnnbench.system.io.streams import tell

    return reading.file_to_append_to(run, out, tell)
