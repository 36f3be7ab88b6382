"""What the workers of backends say of themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from rnnbench.schema.messages import Failed, Opened
from rnnbench.text import plain_lines


def probe(
    names: Sequence[str], plugins: Sequence[str], debug: bool = False
) -> dict[str, Opened | Failed]:
    """Start a worker of each backend, in its default variant, and return what it says of itself.

    With ``debug``, what a worker that failed has printed goes to stderr.
    """
    from rnnbench.run.pool import Crew, Seat
    from rnnbench.schema.row import Row
    from rnnbench.system import threads

    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, console.status("asking for devices"):
        crew = Crew(plugins, threads.available(), Path(folder), timeout=120)
        try:
            replies = crew.open([Seat(Row(name, "default"), 0) for name in names])
            failed = [seat for seat, reply in replies.items() if isinstance(reply, Failed)]
            for seat in failed if debug else []:
                typer.echo(plain_lines(crew.log(seat).read_text(errors="replace")), err=True)
        finally:
            crew.close()
    return {seat.row.backend: reply for seat, reply in replies.items()}
