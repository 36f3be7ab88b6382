"""``rnnbench run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from rnnbench.cli.arguments.runs import file_to_append_to
from rnnbench.cli.options.earlier_runs import Earlier, Resume, RetryFailed, Reuse
from rnnbench.cli.options.explicit import given_beside
from rnnbench.cli.options.measurement import Measurement
from rnnbench.cli.options.selection import (
    Assignments,
    Backends,
    Cells,
    Networks,
    Scaled,
    Seeds,
    Suite,
    Tasks,
)
from rnnbench.cli.options.shared import Debug, Json, Name, NoWait, Out, Plugins, Strict
from rnnbench.cli.options.signature import takes_measurement
from rnnbench.cli.options.weights import SaveWeights, Weights
from rnnbench.cli.output.printing import print_run, print_scaling, strict_code
from rnnbench.errors import UsageError

if TYPE_CHECKING:
    from rnnbench.run.launch import Ended

#: What may be given with ``--resume``.
RESUMING = frozenset(
    {"earlier", "--resume", "--retry-failed", "--out", "-p", "--python", "--json", "--debug"}
    | {"--no-wait", "--strict"}
)


@takes_measurement()
def run(
    context: typer.Context,
    earlier: Earlier = None,
    suite: Suite = "default",
    scaled: Scaled = False,
    backends: Backends = "all",
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
    if resume:
        check_resumable(context)
        ended = resumed(earlier, out, plugins, measurement.pythons, retry_failed, not no_wait)
        finish(ended, as_json, strict)
    if retry_failed:
        raise UsageError("--retry-failed without --resume: it is an earlier run that has failed")
    if earlier is not None:
        raise UsageError(
            f"{earlier!r} without --resume: rnnbench run takes a suite as --suite NAME"
        )
    from rnnbench.plan import beginning
    from rnnbench.plan.expand import expand
    from rnnbench.report.progress.display import Terminal
    from rnnbench.run import launch

    only = {"tasks": listed(tasks), "cells": listed(cells), "networks": listed(networks)}
    net = {"weights": beginning.read(weights), "save_weights": save_weights}
    request, registry = measurement.request(
        backends, assignments, plugins, suite=suite, scaled=scaled, seeds=seeds, **only, **net
    )
    plan = expand(request, registry)
    finish(launch.begin(plan, out, Terminal(), reuse, name, not no_wait), as_json, strict)


def check_resumable(context: typer.Context) -> None:
    """Raise UsageError for options that a resumed run can't take: its file says what it does."""
    if fixed := given_beside(context, RESUMING):
        raise UsageError(f"{', '.join(fixed)} with --resume: a run is gone on with as it was begun")


def resumed(
    run: str | None,
    out: Path,
    plugins: list[str] | None,
    pythons: list[str] | None,
    retry_failed: bool,
    wait: bool,
) -> Ended:
    """Go on with a run until it has ended."""
    from rnnbench.plan import environments
    from rnnbench.report.progress.display import Terminal
    from rnnbench.run.resume import resume

    asked = environments.resolve(environments.parse(pythons or []))
    file = file_to_append_to(run, out)
    return resume(file, plugins or [], asked, Terminal(), retry_failed, wait)


def finish(ended: Ended, as_json: bool, strict: bool) -> NoReturn:
    """Print what a run has measured, and end with its exit code."""
    from rnnbench.api.reading import source_of

    found = source_of(ended.records)
    if found.over:
        print_scaling(found, found.over, as_json)
    else:
        print_run(found, "json" if as_json else "terminal")
    raise typer.Exit(strict_code(found, ended.exit_code) if strict else ended.exit_code)


def listed(text: str) -> tuple[str, ...]:
    """Parse a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
