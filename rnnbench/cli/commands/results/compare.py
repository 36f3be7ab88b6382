"""``rnnbench compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rnnbench.cli.options import completion
from rnnbench.cli.options.shared import Debug, Delta, Json, Out, ScoreDelta
from rnnbench.cli.options.values import excess

if TYPE_CHECKING:
    from rnnbench.report.two_runs.summary import Summary

Old = Annotated[
    str | None,
    typer.Argument(
        metavar="OLD",
        help="A baseline, a run in DIR, or a path.",
        autocompletion=completion.run,
    ),
]
New = Annotated[
    str | None,
    typer.Argument(
        metavar="NEW",
        help="A run in DIR, or a path; latest by default.",
        autocompletion=completion.run,
    ),
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
    from rnnbench.api.comparing import summarized
    from rnnbench.cli.output import hosted_ci
    from rnnbench.cli.output.printing import keep, without_garbage
    from rnnbench.report.two_runs import summary as report
    from rnnbench.system.io.streams import tell

    without_garbage()
    made = summarized(
        old,
        new,
        out,
        between=between,
        metric=metric,
        fail_on=fail_on,
        threshold=threshold,
        delta=delta,
        score_delta=score_delta,
        tell=tell,
    )
    keep(made)
    show(made, "json" if as_json else as_format)
    hosted_ci.tell(report.remarks(made), lambda: report.markdown_text(made))
    raise typer.Exit(made.exit_code)


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
