"""The tables of runs as a text, a file or a site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rnnbench.api import reading
from rnnbench.api.measured_run import AnyRun, Filter, Names, Run, joined, pivoted, selected
from rnnbench.api.options import values
from rnnbench.api.reading import Tell
from rnnbench.errors import UsageError

if TYPE_CHECKING:
    from rnnbench.report.publish.facets import Pivot
    from rnnbench.report.publish.publication import Asked, Format
    from rnnbench.report.publish.selection import Selection
    from rnnbench.report.publish.sources import Source


def publish(
    runs: AnyRun | Sequence[AnyRun] = (),
    *,
    format: Format = "markdown",
    output: Path | str | None = None,
    filter: Filter | None = None,
    columns: Names | None = None,
    sort: str | None = None,
    pivot: Pivot | None = None,
    metric: Names | None = None,
    baseline: str | None = None,
    delta: float | str | None = None,
    score_delta: float | str | None = None,
    title: str | None = None,
    caption: str | None = None,
    label: str | None = None,
    standalone: bool = False,
    siunitx: bool = False,
    interval: Literal["pm", "range"] | None = None,
    out: Path | str = "results",
) -> str | Path:
    """Write the tables of runs for a page, a paper, a spreadsheet or a program.

    The options are those of ``rnnbench publish``.

        >>> print(rb.publish(["before", run], pivot="backend", metric="train-step,score"))
        >>> rb.publish(run, format="latex", output="table.tex")

    Args:
        runs: runs, their names or paths, or folders of runs; the newest if there is none.
        format: ``markdown``, ``csv``, ``json``, ``latex``, ``parquet``, ``html`` or ``site``.
        output: a file, or of a site its folder; an earlier one is written over. None for a text.
        filter: rows to keep, as ``{"cell": ["lstm", "gru"]}``.
        columns: those alone, as ``["cell", "train_step_ms"]``.
        sort: a column, or ``row``, ``machine`` or ``run``, to order by, downwards with a ``-``
            before it.
        pivot: what stands in the rows of a single wide table.
        metric: what stands in it.
        baseline: the row that ratios are taken to, as ``torch:fused``.
        delta: rows that differ by less are the same; 0.02 if None.
        score_delta: scores likewise.
        title: a heading above everything.
        caption: what the only table is called.
        label: to refer to a table in LaTeX.
        standalone: whether it is a whole document of LaTeX.
        siunitx: whether figures are aligned at their points, in LaTeX.
        interval: in LaTeX, ``pm`` for 2.6 ± 0.1 or ``range`` for 2.60 [2.51, 2.70].
        out: the folder of all runs.

    Returns:
        The text, or the path of what was written.

    Raises:
        UsageError: for what can't be done; nothing was written.
    """
    from rnnbench.report.publish.publication import FORMATS, Asked
    from rnnbench.report.publish.selection import metrics

    asked = Asked(
        as_format=values.checked("--format", values.word(*FORMATS), format) or "markdown",
        pivot=pivoted(pivot),
        metrics=None if metric is None else metrics(joined("--metric", metric)),
        title=values.checked("--title", values.text, title),
        caption=values.checked("--caption", values.text, caption),
        label=values.checked("--label", values.text, label),
        standalone=standalone,
        siunitx=siunitx,
        interval=values.checked("--interval", values.word("pm", "range"), interval),
    )
    margins = (
        values.checked("--baseline", values.text, baseline),
        values.checked("--delta", values.share, delta),
        values.checked("--score-delta", values.share, score_delta),
    )

    folder = values.folder_of(out)

    def opened(run: AnyRun) -> Iterator[tuple[Source, Path]]:
        """Yield a run, or all in a folder of runs, with their files."""
        if isinstance(run, Run):
            yield reading.source_of(run.records, *margins), run.file
            return
        for file in reading.files_of([str(run)], folder):
            found = reading.source_of_file(file, reading.warn, *margins, asked.has_pictures)
            yield found, file

    def read() -> list[tuple[Source, Path]]:
        """Return the runs with their files."""
        return [one for run in values.several(runs) or ["latest"] for one in opened(run)]

    where = "-" if output is None else str(output)
    return published(read, selected(filter, columns, sort), asked, where, reading.warn)


def published(
    read: Callable[[], list[tuple[Source, Path]]],
    wanted: Selection,
    asked: Asked,
    output: str,
    tell: Tell,
) -> str | Path:
    """Return a text, or the path of the file or the site that was written.

    Args:
        read: returns the runs, each with its file.
        wanted: which columns, in which order the rows.
        asked: the rest.
        output: a path, ``-`` for a text.
        tell: is told which runs have no place in it.

    Raises:
        UsageError: for what makes no sense together, or can't be written.
    """
    from rnnbench.report.publish import publication
    from rnnbench.report.publish.selection import some
    from rnnbench.report.publish.sources import told_apart

    asked.check(wanted)
    check_output(output, asked.as_format)
    pairs = read()
    sources = [source for source, _ in pairs]
    for line in publication.left_out(sources, wanted, asked):
        tell(line)
    apart = told_apart(some(sources, wanted))
    if asked.as_format == "site":
        from rnnbench.site.pages import write_site

        write_site(Path(output), apart, pairs, wanted, asked.title)
        return Path(output)
    return put(one_file(apart, wanted, asked), output)


def one_file(sources: list[Source], wanted: Selection, asked: Asked) -> bytes:
    """Return what all formats but a site are: the contents of one file."""
    if asked.as_format == "html":
        from rnnbench.site.pages import page

        return page(sources, wanted, asked)
    from rnnbench.report.publish import publication

    return publication.drawn(sources, wanted, asked)


def check_output(output: str, as_format: str) -> None:
    """Refuse to return as a text what is none."""
    if output == "-" and as_format == "parquet":
        raise UsageError("--format parquet is no text: name a file by --output")
    if output == "-" and as_format == "site":
        raise UsageError("--format site is a folder: name it by --output public/")


def put(data: bytes, output: str) -> str | Path:
    """Return what was made as a text, or write it to a file."""
    from rnnbench.report.output_files import write
    from rnnbench.report.publish.publication import is_earlier

    if output == "-":
        return data.decode()
    path = Path(output)
    write(path, data, "output of publish", lambda begins: is_earlier(path, begins, data))
    return path
