"""``rnnbench compare``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rnnbench.api.values import chosen
from rnnbench.cli.options.shared import Debug, Delta, Json, Out, ScoreDelta
from rnnbench.cli.options.values import excess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rnnbench.analysis.two_runs.gate import Kind
    from rnnbench.analysis.two_runs.metrics import Metric
    from rnnbench.report.two_runs.summary import Summary
    from rnnbench.schema.plan import Plan

Old = Annotated[
    str | None,
    typer.Argument(metavar="OLD", help="A baseline, a run in DIR, or a path."),
]
New = Annotated[
    str | None,
    typer.Argument(metavar="NEW", help="A run in DIR, or a path; latest by default."),
]
Between = Annotated[
    str | None,
    typer.Option(
        metavar="BASE,HEAD",
        help="Two environments of one run, which is OLD or else latest; a dot is that of "
        "rnnbench itself.",
    ),
]
Metrics = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="train-step (alone by default), forward, memory, compile, score; of runs of stream "
        "latency, latency-p99 (both by default).",
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="End with exit code 3 if something is slower, worse (memory, score), missing, "
        "failed and was not before, or undecided.",
    ),
]
Threshold = Annotated[
    float | None,
    typer.Option(
        parser=excess,
        metavar="P",
        help="Count only what is shown to be slower, or worse, by more than P, as 5%.",
    ),
]


def compare(
    old: Old = None,
    new: New = None,
    between: Between = None,
    metric: Metrics = None,
    fail_on: FailOn = None,
    threshold: Threshold = None,
    delta: Delta = None,
    score_delta: ScoreDelta = None,
    out: Out = Path("results"),
    as_format: Annotated[
        Literal["terminal", "markdown", "json"], typer.Option("--format")
    ] = "terminal",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Hold two runs against each other: what is slower, missing, new, failed or mended.

    [b]rnnbench compare before-upgrade[/b]

    [b]rnnbench compare main --fail-on slower,missing,failed --threshold 5%[/b]

    [b]rnnbench compare --between base,head --metric train-step,memory[/b]

    Verdicts need [b]--processes 3[/b] or more in both runs, on scores [b]--seeds 3[/b].

    Exit code 3: something was found that [b]--fail-on[/b] names; 4: nothing could be compared.
    """
    from rnnbench.analysis.two_runs.gate import KINDS
    from rnnbench.cli.arguments.two_sides import two_environments, two_runs
    from rnnbench.cli.output import hosted_ci
    from rnnbench.measure.scores import SCORE_DELTA
    from rnnbench.measure.verdicts import DELTA
    from rnnbench.report.two_runs import summary as report

    stops = () if fail_on is None else chosen("--fail-on", fail_on, KINDS)
    choice = partial(asked, metric, stops)
    if between is None:
        sides, metrics = two_runs(old, new, out, choice)
    else:
        sides, metrics = two_environments(between, old, new, out, choice)
    margins = (delta or DELTA, score_delta or SCORE_DELTA)
    made = report.summarized(sides, metrics, stops, threshold or 0.0, *margins)
    show(made, "json" if as_json else as_format)
    hosted_ci.tell(report.remarks(made), lambda: report.markdown_text(made))
    raise typer.Exit(made.exit_code)


def asked(metric: str | None, stops: Sequence[Kind], plan: Plan) -> tuple[Metric, ...]:
    """Return the metrics to compare, by default what a run is for.

    That is the training step, and the score where a worse one is to stop; of steps that were given
    one at a time both latencies.

    Raises:
        UsageError: for one that there is not, or if nothing of the kind could ever be found.
    """
    from rnnbench.analysis.two_runs.metrics import METRICS, OF_STREAMS, TIMES
    from rnnbench.errors import UsageError

    if metric is None and not plan.stream:
        return ("train-step", "score") if "worse" in stops else ("train-step",)
    metrics = chosen("--metric", metric or "latency,latency-p99", METRICS)
    for one in metrics:
        if (one in OF_STREAMS) != plan.stream:
            kind = "given one at a time" if plan.stream else "training steps"
            those = [name for name in METRICS if (name in OF_STREAMS) == plan.stream]
            raise UsageError(
                f"--metric {one}: the steps of this run are {kind}, with {', '.join(those)}"
            )
    for kind, fitting in (("slower", TIMES), ("worse", set(METRICS) - TIMES)):
        if kind in stops and not fitting & set(metrics):
            raise UsageError(
                f"--fail-on {kind} with --metric {','.join(metrics)}: none of these can be {kind}, "
                f"as {' or '.join(one for one in METRICS if one in fitting)} can"
            )
    return metrics


def show(made: Summary, shape: Literal["terminal", "markdown", "json"]) -> None:
    """Print what was found, and why it may be nothing."""
    from rnnbench.cli.output.printing import print_json
    from rnnbench.report.two_runs import summary as report

    if shape == "json":
        print_json(report.json_object(made))
    elif shape == "markdown":
        print(report.markdown_text(made), end="")
    else:
        report.show(made)
