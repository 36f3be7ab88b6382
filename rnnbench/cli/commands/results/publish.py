"""``rnnbench publish``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rnnbench.cli.options.publishing import (
    AsFormat,
    Baseline,
    Caption,
    Interval,
    Label,
    Metric,
    Output,
    Pivot,
    Runs,
    Siunitx,
    Standalone,
    Title,
)
from rnnbench.cli.options.shared import Columns, Debug, Delta, Filter, Out, ScoreDelta, Sort

if TYPE_CHECKING:
    from rnnbench.report.publish.sources import Source


def publish(
    runs: Runs = None,
    as_format: AsFormat = "markdown",
    output: Output = "-",
    filters: Filter = None,
    columns: Columns = None,
    sort: Sort = None,
    pivot: Pivot = None,
    metric: Metric = None,
    baseline: Baseline = None,
    delta: Delta = None,
    score_delta: ScoreDelta = None,
    title: Title = None,
    caption: Caption = None,
    label: Label = None,
    standalone: Standalone = False,
    siunitx: Siunitx = False,
    interval: Interval = None,
    out: Out = Path("results"),
    debug: Debug = False,
) -> None:
    """Write the tables of runs for a page, a paper, a spreadsheet or a program.

    [b]rnnbench publish before after --output table.md[/b]

    [b]rnnbench publish --format latex --pivot backend --filter cell=lstm,gru --output t.tex[/b]

    [b]rnnbench publish results/ --format site --output public/[/b]

    [b]rnnbench publish --format csv --columns task,cell,row,train_step_ms --output rows.csv[/b]
    """
    from rnnbench.api.publishing import published
    from rnnbench.cli.arguments.runs import files_of
    from rnnbench.cli.output.printing import source_of
    from rnnbench.report.publish import publication
    from rnnbench.report.publish.selection import metrics, selection
    from rnnbench.system.io.streams import tell

    asked = publication.Asked(
        as_format=as_format,
        pivot=pivot,
        metrics=None if metric is None else metrics(metric),
        title=title,
        caption=caption,
        label=label,
        standalone=standalone,
        siunitx=siunitx,
        interval=interval,
    )
    margins = (baseline, delta, score_delta)

    def read() -> list[tuple[Source, Path]]:
        files = files_of(runs or (), out)
        return [(source_of(file, *margins, asked.has_pictures), file) for file in files]

    made = published(read, selection(filters or (), columns, sort), asked, output, tell)
    if isinstance(made, str):
        print(made, end="")
