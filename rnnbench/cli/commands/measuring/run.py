"""``rnnbench run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from rnnbench.cli.options.cluster import AtOnce, Cluster, ClusterSet, PartOf, Parts, Split
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
from rnnbench.results.queries import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rnnbench.api.measured_run import Run
    from rnnbench.cluster.submission import Engine

#: What may be given with ``--resume``.
RESUMING = frozenset(
    {"earlier", "--resume", "--retry-failed", "--out", "-p", "--python", "--json", "--debug"}
    | {"--model", "--no-wait", "--quiet", "--strict"}
)
#: And with ``--cluster``, which submits.
RESUBMITTING = RESUMING | {"--cluster", "--at-once", "--cluster-set"}


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
    part: PartOf = None,
    split: Split = "comparisons",
    cluster: Cluster = None,
    parts: Parts = None,
    at_once: AtOnce = None,
    cluster_set: ClusterSet = None,
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

    [b]rnnbench run --backends all --seeds 5 --name night --cluster slurm --at-once 8[/b]
    """
    from rnnbench.api import measuring

    if cluster is None and (parts or at_once or cluster_set):
        raise UsageError("--parts, --at-once and --cluster-set are for --cluster")
    if cluster is not None and part is not None:
        raise UsageError("--part with --cluster: the jobs are given their parts by it")

    given = {"out": out, "no_wait": no_wait, "models": models or []}
    given |= measurement.named(assignments, plugins)
    if resume:
        measuring.check_resumable(given_beside(context, RESUBMITTING if cluster else RESUMING))
        given |= {"resume": "latest" if earlier is None else earlier, "retry_failed": retry_failed}
    elif earlier is not None:
        raise UsageError(
            f"{earlier!r} without --resume: rnnbench run takes a suite as --suite NAME"
        )
    else:
        given |= {"suite": suite, "scaled": scaled, "backends": backends, "tasks": tasks}
        given |= {"cells": cells, "networks": networks, "seeds": seeds, "reuse": reuse}
        given |= {"weights": weights, "save_weights": save_weights, "name": name}
        given |= {"retry_failed": retry_failed, "part": part, "split": split}
    if cluster is not None:
        submit(given, cluster, parts, at_once, cluster_set or [], as_json)
    found, code = measured(measuring.carry_out, given, quiet)
    finish(found, code, as_json, strict)


def submit(
    given: Mapping[str, Any],
    engine: Engine,
    parts: int | None,
    at_once: int | None,
    options: Sequence[str],
    as_json: bool,
) -> NoReturn:
    """Submit a run, or what is missing of one, and end; how far it is then is printed."""
    from rnnbench.api import clusters
    from rnnbench.api.options.audiences import audience_of
    from rnnbench.cli.commands.clusters.status import print_status
    from rnnbench.cluster.slurm import options_of

    given = {**given, "progress": audience_of(True)}
    named = options_of(options)
    if "resume" in given:
        run = clusters.go_on(given, engine, at_once, named if options else None)
    else:
        run = clusters.submit(given, engine, parts, at_once, named)
    print_status(run, as_json)
    raise typer.Exit


def finish(run: Run, code: int, as_json: bool, strict: bool) -> NoReturn:
    """Print what a run has measured, and end with its exit code.

    A part that trains what another one times has no table.
    """
    found, part = run.source, plan_of(run.records).part
    if part and not part.timed and not as_json:
        raise typer.Exit(code)
    if found.over:
        print_scaling(found, found.over, as_json)
    else:
        print_run(found, "json" if as_json else "terminal")
    raise typer.Exit(strict_code(found, code) if strict else code)
