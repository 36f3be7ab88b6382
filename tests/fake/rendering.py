"""What the terminal shows, as text."""

import io

from rich.console import Console

from rnnbench.report.formats import terminal


def render(table):
    out = Console(file=io.StringIO(), width=terminal.WIDTH)
    terminal.show("heading", table, out)
    return out.file.getvalue()
