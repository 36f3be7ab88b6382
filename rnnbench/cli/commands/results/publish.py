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
    from rnnbench.report.publish.publication import Asked
    from rnnbench.report.publish.selection import Selection
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
    from rnnbench.api.reading import source_of
    from rnnbench.cli.arguments.runs import files_of
    from rnnbench.cli.output.printing import records_of
    from rnnbench.report.publish import publication
    from rnnbench.report.publish.selection import metrics, selection, some
    from rnnbench.report.publish.sources import told_apart
    from rnnbench.system.io.streams import say
    from rnnbench.text import plain

    wanted = selection(filters or (), columns, sort)
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
    asked.check(wanted)
    check_output(output, as_format)
    margins, files = (baseline, delta, score_delta), files_of(runs or (), out)
    read = [source_of(records_of(file), *margins) for file in files]
    for line in publication.left_out(read, wanted, asked):
        say(plain(line))
    sources = told_apart(some(read, wanted))
    if as_format == "site":
        from rnnbench.site.pages import write_site

        write_site(Path(output), sources, list(zip(read, files, strict=True)), wanted, title)
    else:
        put(one_file(sources, wanted, asked), output)


def one_file(sources: list[Source], wanted: Selection, asked: Asked) -> bytes:
    """Return what all formats but a site are: the contents of one file."""
    if asked.as_format == "html":
        from rnnbench.site.pages import page

        return page(sources, wanted, asked)
    from rnnbench.report.publish import publication

    return publication.drawn(sources, wanted, asked)


def check_output(output: str, as_format: str) -> None:
    """Refuse to print what is no text."""
    from rnnbench.errors import UsageError

    if output == "-" and as_format == "parquet":
        raise UsageError("--format parquet is no text: name a file by --output")
    if output == "-" and as_format == "site":
        raise UsageError("--format site is a folder: name it by --output public/")


def put(data: bytes, output: str) -> None:
    """Print what was made, or write it to a file."""
    from rnnbench.report.output_files import write
    from rnnbench.report.publish.publication import is_earlier

    if output == "-":
        print(data.decode(), end="")
    else:
        path = Path(output)
        write(path, data, "one", lambda begins: is_earlier(path, begins, data))
