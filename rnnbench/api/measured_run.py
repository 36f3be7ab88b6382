"""A run: what it has measured as data frames, tables and pictures, and what of it has failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from rnnbench.api.options import values
from rnnbench.api.reading import source_of
from rnnbench.errors import UsageError
from rnnbench.results.queries import plan_of, streamings, trainings
from rnnbench.results.runs.folders import FILE
from rnnbench.results.work_left import Remaining
from rnnbench.schema.status import FAILURES

if TYPE_CHECKING:
    import pandas as pd

    from rnnbench.analysis.row_result import RowResult
    from rnnbench.analysis.streaming import StreamResult
    from rnnbench.api.picture import Picture
    from rnnbench.api.shown import Tables
    from rnnbench.report.pictures import KindName
    from rnnbench.report.pictures.style import Theme
    from rnnbench.report.publish.facets import Pivot
    from rnnbench.report.publish.selection import Selection
    from rnnbench.report.publish.sources import Source
    from rnnbench.schema.comparison import Comparison
    from rnnbench.schema.records.kinds import AnyRecord

#: Rows to keep, by column: ``{"cell": ["lstm", "gru"]}``, or as on the command line, in one text
#: or several: ``"cell=lstm,gru"``.
Filter = Mapping[str, object] | Sequence[str] | str
#: Names, in a list or separated by commas.
Names = Sequence[str] | str


class Failure(NamedTuple):
    """A row that failed.

    Attributes:
        row: its task, its model and its row in words: ``copy-memory lstm torch:eager``.
        status: how it ended; see :data:`rnnbench.schema.status.FAILURES`.
        reason: why, in one line.
    """

    row: str
    status: str
    reason: str


class Run:
    """A run. In a notebook it shows its page, with tables that sort, and pictures.

    Attributes:
        file: its results file.
        records: all that it has written, in order.
    """

    def __init__(self, records: Sequence[AnyRecord], file: Path) -> None:
        self.records = list(records)
        self.file = file

    @cached_property
    def source(self) -> Source:
        """Its rows with their figures, and how it was made."""
        return source_of(self.records)

    @property
    def name(self) -> str:
        """What it is meant by: the name of its folder, or of a file that is called otherwise."""
        if self.file.name != FILE:
            return self.file.stem
        return self.file.absolute().parent.name

    @property
    def complete(self) -> bool:
        """Whether nothing that was planned is left to do."""
        plan = plan_of(self.records)
        if not plan.stream:
            return Remaining(plan, self.records).nothing
        done = {one.key for one in streamings(self.records) if one.complete}
        return done >= plan.by_key.keys()

    @property
    def failures(self) -> list[Failure]:
        """The rows that failed, of whatever kind; what is unsupported is no failure."""
        return [
            Failure(f"{of.task} {of.model} {one.row}", one.status, one.reason or "")
            for of, one in self._rows()
            if one.status in FAILURES
        ]

    def _rows(self) -> Iterator[tuple[Comparison, RowResult | StreamResult]]:
        """Yield the rows, of whichever kind, each with its comparison."""
        for one in self.source.results:
            yield self.source.planned[one.comparison].comparison, one
        for stream in self.source.streams:
            yield stream.planned.comparison, stream

    @property
    def ok(self) -> bool:
        """Whether all that was planned was done, and no row failed."""
        return self.complete and not self.failures

    @property
    def objection(self) -> str | None:
        """What ``--strict`` would say: which rows were disturbed, or less precise than asked."""
        from rnnbench.report.one_run import strictness

        return strictness.objection(self.source.results)

    def frame(
        self,
        *,
        filter: Filter | None = None,
        columns: Names | None = None,
        sort: str | None = None,
        baseline: str | None = None,
        delta: float | str | None = None,
        score_delta: float | str | None = None,
    ) -> pd.DataFrame:
        """Return a line per row, in the order of measurement, with the columns of docs/results.md.

        Before them stands ``row``, as ``torch:fused``, by which a row is named. What is not known
        is None or NaN. The rows of ``rnnbench stream`` have columns of their own.

            >>> run.frame(filter={"status": "ok"})[["cell", "backend", "train_step_ms", "ratio"]]

        Args:
            filter: rows to keep, as ``{"cell": ["lstm", "gru"]}``.
            columns: those alone, as ``["cell", "train_step_ms"]``.
            sort: a column, or ``row``, ``machine`` or ``run``, to order by, downwards with a ``-``
                before it.
            baseline: the row that ratios are taken to, as ``torch:fused``; the fastest if None.
            delta: rows that differ by less are the same; 0.02 if None.
            score_delta: scores likewise.

        Raises:
            UsageError: if there is no such column, row or value.
        """
        import pandas as pd

        from rnnbench.report.publish.selection import chosen

        wanted = selected(filter, columns, sort)
        (kept,) = chosen([self.judged(baseline, delta, score_delta)], wanted)
        if wanted.columns is not None:
            from rnnbench.report.formats.json import row_objects
            from rnnbench.report.publish import flat

            return pd.DataFrame(row_objects(flat.table([kept], wanted)), columns=wanted.columns)
        if kept.streams:
            return pd.DataFrame(
                [{"row": str(one.row)} | one.plain for one in wanted.ordered(kept, kept.streams)]
            )
        from rnnbench.analysis.data_frame import data_frame

        results = wanted.ordered(kept, kept.results)
        found = data_frame(results)
        found.insert(0, "row", [str(one.row) for one in results])
        return found

    def curves(self) -> pd.DataFrame:
        """Return the learning curves: a line per training and step that was recorded.

        The columns are ``task``, ``network``, ``cell``, ``backend``, ``variant``, ``environment``,
        ``seed``, ``step``, ``loss``, that of the training, and ``score``, that on held-out data on
        the way, which is recorded where there is a target to reach; ``comparison`` is the key, as
        in :meth:`frame`. Trainings that failed have the steps that they came to.

            >>> run.curves().groupby(["cell", "step"]).loss.mean()
        """
        import pandas as pd

        names = "comparison task network cell backend variant environment seed step loss score"
        found = pd.DataFrame(self._points(), columns=names.split())
        return found.astype({"loss": float, "score": float})

    def _points(self) -> Iterable[tuple[Any, ...]]:
        """Yield the lines of :meth:`curves`."""
        planned = self.source.planned
        for one in trainings(self.records):
            own = planned[one.key].comparison
            row = (one.row.backend, one.row.variant, one.row.environment or None)
            losses, scores = dict(one.curve), dict(one.scores)
            for step in sorted({*losses, *scores}):
                figures = (step, losses.get(step), scores.get(step))
                yield (one.key, own.task, own.network, own.cell, *row, one.seed, *figures)

    def table(
        self,
        *,
        filter: Filter | None = None,
        columns: Names | None = None,
        sort: str | None = None,
        pivot: Pivot | None = None,
        metric: Names | None = None,
        baseline: str | None = None,
        delta: float | str | None = None,
        score_delta: float | str | None = None,
        caption: str | None = None,
    ) -> Tables:
        """Return its tables, one per comparison, or a single wide one.

            >>> run.table(filter={"cell": "lstm"}, pivot="backend", metric="train-step,score")

        Args:
            filter: rows to keep, as ``{"cell": ["lstm", "gru"]}``; ``columns``, ``sort``,
                ``baseline``, ``delta`` and ``score_delta`` as in :meth:`frame`.
            columns: see there.
            sort: see there.
            pivot: what stands in the rows of a single wide table.
            metric: what stands in it, as ``train-step`` or ``score``; the words are those of
                ``rnnbench publish --metric``.
            baseline: see :meth:`frame`.
            delta: see there.
            score_delta: see there.
            caption: what the only table is called.

        Raises:
            UsageError: if there is no such column, row or value, or no row is left.
        """
        from rnnbench.api.shown import Tables
        from rnnbench.report.publish import publication
        from rnnbench.report.publish.selection import metrics, some

        wanted = selected(filter, columns, sort)
        keys = None if metric is None else metrics(joined("--metric", metric))
        asked = publication.Asked(pivot=pivoted(pivot), metrics=keys, caption=caption)
        asked.check(wanted)
        kept = some([self.judged(baseline, delta, score_delta)], wanted)
        return Tables(publication.tables(kept, wanted, asked))

    def plot(self, kind: KindName | None = None, *, theme: Theme | None = None) -> Picture:
        """Return a picture, which a notebook shows; it needs the extra ``plot``.

            >>> run.plot("learning").save("curves.html")

        Args:
            kind: what it shows: ``time``, that of a training step, ``learning``, ``score``,
                ``peak``, ``memory`` ...; ``time`` if None, ``scaling`` or ``latency`` of a run
                that measured these.
            theme: ``light`` or ``dark``; light if None.

        Raises:
            UsageError: if there is nothing to draw, or what draws is not installed.
        """
        from rnnbench.api.picture import Picture
        from rnnbench.errors import unknown
        from rnnbench.report.pictures import drawing, kinds, style

        drawing.need_library()
        plan = plan_of(self.records)
        kind = values.checked("--kind", values.text, kind)
        kind = kind or ("scaling" if plan.scale else "latency" if plan.stream else "time")
        if kind not in kinds.TITLES:
            raise unknown("value of --kind", kind, kinds.TITLES)
        panels, left_out = kinds.pictured(kind, self.records)
        if not panels:
            raise UsageError(f"--kind {kind}: {kinds.lacking(kind, self.records)}: {self.file}")
        theme = values.checked("--theme", values.word(*style.THEMES), theme)
        heading = [kinds.TITLES[kind], self.source.made.heading, *left_out]
        return Picture(kind, panels, heading, theme)

    def judged(
        self,
        baseline: str | None = None,
        delta: float | str | None = None,
        score_delta: float | str | None = None,
    ) -> Source:
        """Return its rows with ratios and verdicts as asked; see :meth:`frame`."""
        if baseline is None and delta is None and score_delta is None:
            return self.source
        margins = {"--delta": delta, "--score-delta": score_delta}
        given = [values.checked(name, values.share, one) for name, one in margins.items()]
        baseline = values.checked("--baseline", values.text, baseline)
        return source_of(self.records, baseline, *given)

    def __repr__(self) -> str:
        """Return its name, with what, where and when it was measured, and what failed."""
        failed = len(self.failures)
        end = f" · {failed} failed" if failed else "" if self.complete else " · not complete"
        return f"<Run {self.name}: {self.source.made.heading}{end}>"

    def _repr_html_(self) -> str:
        """Return its page in a frame; without the extra ``plot`` its rows, and how to get it."""
        from rnnbench.api.shown import framed
        from rnnbench.report.publish.selection import Selection
        from rnnbench.site import page_sections, single_page, templating

        try:
            templating.environment()
        except UsageError as error:
            return f"{self.frame().to_html()}<p>{error}</p>"
        own, made = [self.source], self.source.made
        found = page_sections.everything(own, Selection())
        page = single_page.render(found, [made], f"run {made.called}")
        return framed(page, made.heading)


def selected(filter: Filter | None, columns: Names | None, sort: str | None) -> Selection:
    """Return which rows and columns are asked for.

    Raises:
        UsageError: naming what makes no sense.
    """
    from rnnbench.report.publish.selection import selection

    keys = None if columns is None else joined("--columns", columns)
    by = values.checked("--sort", values.text, sort)
    return selection(filter_texts(filter), keys, by)


def joined(option: str, names: Names) -> str:
    """Return names as the command line has them, with commas between."""
    return ",".join(values.checked(option, values.listed, names) or ())


def pivoted(pivot: Pivot | None) -> Pivot | None:
    """Return what stands in the rows of a wide table, one of the words for it."""
    from rnnbench.report.publish import facets

    return values.checked("--pivot", values.word(*get_args(facets.Pivot)), pivot)


def filter_texts(filter: Filter | None) -> list[str]:
    """Return filters as the values of ``--filter``."""
    if not isinstance(filter, Mapping):
        texts = [filter] if isinstance(filter, str) else filter
        return values.checked("--filter", values.listed, texts) or []
    return [f"{key}={word(one)}" for key, some in filter.items() for one in values.several(some)]


def word(value: object) -> str:
    """Return a value as one types it: ``none``, ``true``, ``64``."""
    return "none" if value is None else str(value).lower() if value in (True, False) else str(value)


#: A run, or what it is meant by.
AnyRun = Run | Path | str
