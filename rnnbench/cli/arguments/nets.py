"""The trained net that an argument means: a file of weights, or a run that has saved some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnbench.cli.options import completion

if TYPE_CHECKING:
    from rnnbench.plugins.registry import Registry
    from rnnbench.schema.row import Row
    from rnnbench.weights.file import Weights

Net = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN|WEIGHTS",
        help="A run that has saved weights, by its name, the beginning of it or its id, or a path; "
        "or a file of weights (.safetensors).",
        autocompletion=completion.run,
    ),
]


def net_of(net: str | None, out: Path) -> Weights:
    """Return the weights that are meant; see :func:`rnnbench.api.reading.weights_of`."""
    from rnnbench.api import reading
    from rnnbench.system.io.streams import say

    return reading.weights_of("latest" if net is None else net, out, say)


def backend_of(name: str, registry: Registry) -> Row:
    """Return the one row that ``--backend`` means: NumPy's by default, which starts at once.

    Raises:
        UsageError: if it is none, or several.
    """
    from rnnbench.errors import UsageError
    from rnnbench.plan.rows import select_rows

    usual = any(one.name == "numpy" and one.status == "ok" for one in registry.items("backend"))
    rows, _ = select_rows(name or ("numpy" if usual else "all"), registry)
    if name and len(rows) > 1:
        raise UsageError(f"--backend {name}: name one, as {rows[0]}")
    return rows[0]
