"""``rnnbench doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from rnnbench.cli.options import completion
from rnnbench.cli.options.shared import Debug, Json, NoWait, Plugins, Quiet, Strict
from rnnbench.cli.options.values import number, share
from rnnbench.schema.types import Above0


def doctor(
    backends: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Rows to time against themselves; the first by default.",
            autocompletion=completion.names("backends"),
        ),
    ] = "",
    suite: Annotated[
        str | None,
        typer.Option(
            help="The suite whose first comparison they run; [b]default[/b] if installed."
        ),
    ] = None,
    max_time: Annotated[
        float, typer.Option(parser=number(Above0), metavar="S", help="Seconds of timing per row.")
    ] = 10.0,
    precision: Annotated[
        float | None,
        typer.Option(parser=share, metavar="P", help="Stop when a ratio is known to ±P; 1%."),
    ] = None,
    plugins: Plugins = None,
    no_wait: NoWait = False,
    quiet: Quiet = False,
    strict: Strict = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Check whether this machine can measure, and say what would make it better.

    A row is timed against itself in six fresh processes, which must come out the same.

    [b]rnnbench doctor[/b]

    [b]rnnbench doctor --backends torch,jax:scan --max-time 30[/b]
    """
    import json

    import msgspec

    from rnnbench.doctor.examination import examine, plan_self_tests
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.lists.doctor import show
    from rnnbench.report.one_run.strictness import EXIT_CODE, objection_to_machine
    from rnnbench.report.progress.display import Terminal

    asked = plugins or []
    planned = plan_self_tests(Registry.of(asked), suite, backends, max_time)
    audience, precision = Terminal(quiet), precision or 0.01
    found = examine(planned, asked, precision, audience, not no_wait)
    if as_json:
        print(json.dumps(msgspec.json.decode(msgspec.json.encode(found)), indent=1))
    else:
        show(found)
    objection = objection_to_machine(found, precision) if strict else None
    if objection:
        audience.tell(f"rnnbench: --strict: {objection}")
    raise typer.Exit(found.exit_code or (EXIT_CODE if objection else 0))
