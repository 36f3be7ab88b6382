"""The trained net that an argument means: a file of weights, or a run that has saved some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnbench.cli.arguments.runs import file_of
from rnnbench.cli.output.printing import records_of

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
    ),
]


def net_of(net: str | None, out: Path) -> Weights:
    """Return the weights that are meant; of several of a run those with the best score.

    Raises:
        UsageError: if there are none, or they are no longer those of the run.
    """
    from rnnbench.errors import UsageError
    from rnnbench.results.runs.weights import choose_weights
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain
    from rnnbench.weights.file import SUFFIX, load

    if net is not None and net.endswith(SUFFIX):
        return load(Path(net))
    file = file_of(net, out)
    chosen = choose_weights(records_of(file), file)
    weights = load(chosen.path)
    if weights.sha256 != chosen.sha256:
        raise UsageError(plain(f"{chosen.path} is no longer what the run has written"))
    if chosen.others:
        say(plain(f"{chosen.path.name} is taken, with the best score of {chosen.others + 1}"))
    return weights


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
