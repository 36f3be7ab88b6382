"""Runs that were measured earlier: one of them, or a list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rnnbench.api import reading
from rnnbench.api.options import values

if TYPE_CHECKING:
    import pandas as pd

    from rnnbench.api.measured_run import Run


def load(run: Path | str = "latest", *, out: Path | str = "results") -> Run:
    """Read a run.

        >>> run = rb.load("before-upgrade")

    What of its file can't be read is a warning, as is a copy of the run.

    Args:
        run: its name, its id, the beginning of one of them, its folder or its results file; or
            ``latest``, the one that was begun last.
        out: the folder of all runs.

    Raises:
        UsageError: if there is no such run, more than one, or it can't be read.
    """
    from rnnbench.api.measured_run import Run

    file = reading.file_of(str(run), values.folder_of(out))
    return Run(reading.records_of(file, to_show=False), file)


def runs(*, out: Path | str = "results") -> pd.DataFrame:
    """Return a line per run in a folder, the newest last.

        >>> rb.load(rb.runs().name.iloc[-1])

    The columns are those of ``rnnbench list runs --json``: ``name``, by which :func:`load` takes
    it, ``given_name``, ``run``, its id, ``started``, ``command``, ``rows``, ``ok``, ``failed``,
    ``file``, and ``fault``, why it can't be read.

    Args:
        out: the folder of all runs.

    Raises:
        UsageError: if that can't be the name of a folder, or it may not be read.
    """
    import pandas as pd

    from rnnbench.report.lists.runs import COLUMNS, line, name_in

    folder = values.folder_of(out)
    found = [line(one, name_in(folder, one)) for one in reading.every_run(folder)]
    return pd.DataFrame(found, columns=COLUMNS)
