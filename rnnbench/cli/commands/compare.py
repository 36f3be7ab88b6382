"""``rnnbench compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnbench.cli.options import Debug, Delta, Json, Out

if TYPE_CHECKING:
    from rnnbench.analysis.two_runs import Steps


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
    from rnnbench.analysis.two_runs import rows_in_both, steps
    from rnnbench.cli.printing import print_json, records_of
    from rnnbench.measure.verdicts import DELTA
    from rnnbench.report import two_runs as report
    from rnnbench.report.formats import terminal
    from rnnbench.report.run_tables import heading
    from rnnbench.results import folders

    def read(run: str) -> tuple[str, Steps]:
        """Return the heading of a run and its steps; all else is forgotten before the next."""
        records = records_of(folders.find(run, out))
        return heading(records), steps(records)

    (before, old_steps), (after, new_steps) = read(old), read(new)
    found = rows_in_both(old_steps, new_steps, delta or DELTA)
    if as_json:
        print_json([report.json_object(one) for one in found])
        return
    terminal.show(f"old: {before}\nnew: {after}", report.tables(found))
