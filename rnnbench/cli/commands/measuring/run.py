"""``rnnbench run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from rnnbench.cli.options.earlier_runs import Earlier, Resume, RetryFailed, Reuse
from rnnbench.cli.options.explicit import given_beside
from rnnbench.cli.options.measurement import Measurement
from rnnbench.cli.options.selection import (
    Assignments,
    Backends,
    Cells,
    Models,
    Networks,
    Scaled,
    Seeds,
    Suite,
    Tasks,
)
from rnnbench.cli.options.shared import Debug, Json, Name, NoWait, Out, Plugins, Quiet, Strict
from rnnbench.cli.options.signature import takes_measurement
from rnnbench.cli.options.weights import SaveWeights, Weights
from rnnbench.cli.output.printing import measured, print_run, print_scaling, strict_code
from rnnbench.errors import UsageError

if TYPE_CHECKING:
    from rnnbench.api.measured_run import Run

#: What may be given with ``--resume``.
RESUMING = frozenset(
    {"earlier", "--resume", "--retry-failed", "--out", "-p", "--python", "--json", "--debug"}
    | {"--model", "--no-wait", "--quiet", "--strict"}
)


@takes_measurement()
def run(
    context: typer.Context,
    earlier: Earlier = None,
    suite: Suite = "default",
    scaled: Scaled = False,
    backends: Backends = "all",
    models: Models = None,
    tasks: Tasks = "",
    cells: Cells = "",
    networks: Networks = "",
    seeds: Seeds = None,
    assignments: Assignments = None,
    plugins: Plugins = None,
    *,
    measurement: Measurement,
    resume: Resume = False,
    retry_failed: RetryFailed = False,
    reuse: Reuse = False,
    weights: Weights = None,
    save_weights: SaveWeights = False,
    name: Name = None,
    out: Out = Path("results"),
    no_wait: NoWait = False,
    quiet: Quiet = False,
    strict: Strict = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure, train, print the table; each result is on disk as soon as it is finished.

    [b]rnnbench run --backends all[/b]

    [b]rnnbench run --backends torch:all,jax --cells lstm --hidden 256 --steps 0[/b]

    [b]rnnbench run --tasks language-modeling --set language-modeling.path=book.txt[/b]

    [b]rnnbench run --backends torch --processes 3 --name before-upgrade[/b]

    [b]rnnbench run --backends jax --cells lstm --save-weights[/b]

    [b]rnnbench run --backends all --weights NET.safetensors --steps 0[/b]

    [b]rnnbench run --resume[/b]
    """
    from rnnbench.api import measuring

    given = {"out": out, "no_wait": no_wait, "models": models or []}
    given |= measurement.named(assignments, plugins)
    if resume:
        measuring.check_resumable(given_beside(context, RESUMING))
        given |= {"resume": "latest" if earlier is None else earlier, "retry_failed": retry_failed}
    elif earlier is not None:
        raise UsageError(
            f"{earlier!r} without --resume: rnnbench run takes a suite as --suite NAME"
        )
    else:
        given |= {"suite": suite, "scaled": scaled, "backends": backends, "tasks": tasks}
        given |= {"cells": cells, "networks": networks, "seeds": seeds, "reuse": reuse}
        given |= {"weights": weights, "save_weights": save_weights, "name": name}
        given |= {"retry_failed": retry_failed}
    found, code = measured(measuring.carry_out, given, quiet)
    finish(found, code, as_json, strict)


def finish(run: Run, code: int, as_json: bool, strict: bool) -> NoReturn:
    """Print what a run has measured, and end with its exit code."""
    found = run.source
    if found.over:
        print_scaling(found, found.over, as_json)
    else:
        print_run(found, "json" if as_json else "terminal")
    raise typer.Exit(strict_code(found, code) if strict else code)
