"""``rnnbench compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rnnbench.cli.options import Debug, Delta, Json, Out


def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A run in DIR, or a path.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Likewise.")],
    delta: Delta = None,
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Hold the training steps of two runs against each other, row by row.

    [b]rnnbench compare 20260102T030405Z 20260203T040506Z[/b]

    Verdicts need [b]--processes 3[/b] or more in both runs.
    """
    from rnnbench.analysis.two_runs import rows_in_both
    from rnnbench.cli.printing import print_json, records_of
    from rnnbench.measure.verdicts import DELTA
    from rnnbench.report import two_runs as report
    from rnnbench.report.formats import terminal
    from rnnbench.report.run_tables import heading
    from rnnbench.results import folders

    before, after = (records_of(folders.find(run, out)) for run in (old, new))
    found = rows_in_both(before, after, delta or DELTA)
    if as_json:
        print_json([report.json_object(one) for one in found])
        return
    title = f"old: {heading(before)}\nnew: {heading(after)}"
    terminal.show(title, report.tables(found))
