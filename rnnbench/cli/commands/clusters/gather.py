"""``rnnbench gather``."""

from __future__ import annotations

from pathlib import Path

from rnnbench.cli.commands.clusters.status import RunInParts
from rnnbench.cli.options.shared import Debug, Json, Out


def gather(
    run: RunInParts = None,
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Make one results file of the parts that are there, for each kind of machine.

    [b]show[/b], [b]publish[/b] and all that read a run do so by themselves where a part has more.

    [b]rnnbench gather night[/b]
    """
    from rnnbench.api.clusters import run_in_parts
    from rnnbench.cli.output.printing import print_json
    from rnnbench.report.lists.parts import print_gathered
    from rnnbench.results.parts import gathering
    from rnnbench.system.io.streams import tell

    folder = run_in_parts(run, out)
    files = gathering.gather(folder, tell, anew=True)
    found = [(file, gathering.first_record(file)) for file in files]
    if as_json:
        print_json([{"file": str(file)} for file in files])
    else:
        print_gathered(found)
