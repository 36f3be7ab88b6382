"""Two runs against each other, or two environments of one: what is slower, missing, failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rnnbench.api import reading
from rnnbench.api.measured_run import AnyRun, Names, Run, joined
from rnnbench.api.options import values
from rnnbench.api.reading import Tell
from rnnbench.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from rnnbench.analysis.two_runs.gate import Kind
    from rnnbench.analysis.two_runs.metrics import Metric
    from rnnbench.analysis.two_runs.sides import Sides
    from rnnbench.api.shown import Tables
    from rnnbench.report.two_runs.summary import Summary
    from rnnbench.schema.plan import Plan

#: Chooses the metrics for a plan.
Choice = Callable[["Plan"], tuple["Metric", ...]]


class Finding(NamedTuple):
    """Something that was found.

    Attributes:
        kind: ``slower``, ``worse``, ``missing``, ``failed`` or ``undecided``.
        what: of which row, and by how much, in one line.
    """

    kind: str
    what: str


@dataclass(frozen=True, repr=False)
class Compared:
    """Two sides against each other. In a notebook it shows its tables, as a text it is Markdown.

    Attributes:
        summary: all that is told of them.
    """

    summary: Summary

    @property
    def findings(self) -> list[Finding]:
        """What was found, of every kind."""
        return [Finding(one.kind, self.summary.line(one)) for one in self.summary.findings]

    @property
    def ok(self) -> bool:
        """Whether something could be compared, and nothing was found that ``fail_on`` names."""
        return self.summary.exit_code == 0

    @property
    def stopping(self) -> list[str]:
        """Why it is not ``ok``, a line each."""
        return self.summary.stopping

    @property
    def differences(self) -> list[str]:
        """What else is not the same: versions, kernels, the machine."""
        from rnnbench.report.two_runs import words

        return list(map(words.told, self.summary.differences))

    @property
    def obstacles(self) -> list[str]:
        """What forbids to compare figures, and is therefore not compared."""
        return list(self.summary.obstacles)

    def frame(self) -> pd.DataFrame:
        """Return a line per row and metric, as ``rnnbench compare --json`` has them.

        ``verdict`` is on ``ratio``, new over old (of scores on ``difference``): ``faster``,
        ``slower``, ``same`` or ``undecided``, ``better`` or ``worse``; None without
        ``processes=3`` or more in both runs, of scores ``seeds=3``.

            >>> frame = rb.compare("before").frame()
            >>> frame[frame.verdict == "slower"][["task", "cell", "backend", "ratio"]]
        """
        import pandas as pd

        from rnnbench.report.two_runs.objects import row_objects

        return pd.DataFrame(row_objects(self.summary.rows, self.summary.findings))

    def table(self) -> Tables:
        """Return a table per comparison, with the old, the new, their ratio and the verdict."""
        from rnnbench.api.shown import Tables
        from rnnbench.report.two_runs.tables import tables

        return Tables(tables(self.summary.rows, self.summary.metrics, self.summary.names))

    def __repr__(self) -> str:
        from rnnbench.report.two_runs import summary

        return summary.markdown_text(self.summary)

    def _repr_html_(self) -> str | None:
        from html import escape

        from rnnbench.report.two_runs import words
        from rnnbench.text import plain

        lines = [*self.summary.heads, *(f"differs: {one}" for one in self.differences)]
        lines += [f"not comparable: {one}" for one in self.obstacles]
        below = [words.counted(self.summary.rows), *self.stopping]
        above, under = ("<br>".join(escape(plain(one)) for one in some) for some in (lines, below))
        drawn = self.table()._repr_html_()
        return None if drawn is None else f"<p>{above}</p>{drawn}<p>{under}</p>"


def compare(
    old: AnyRun | None = None,
    new: AnyRun | None = None,
    *,
    between: str | Sequence[str] | None = None,
    metric: Names | None = None,
    fail_on: Names | None = None,
    threshold: float | str | None = None,
    delta: float | str | None = None,
    score_delta: float | str | None = None,
    out: Path | str = "results",
) -> Compared:
    """Hold two runs against each other.

    The options are those of ``rnnbench compare``.

        >>> found = rb.compare("before-upgrade", run, fail_on=["slower", "failed"], threshold=0.05)
        >>> assert found.ok, found.stopping

    Args:
        old: a baseline, or a run: itself, its name, or a path.
        new: a run; the newest if None.
        between: two environments of one run, which is ``old`` or else the newest, as
            ``("base", "head")``.
        metric: what is compared: ``train-step`` (alone if None), ``forward``, ``memory``,
            ``compile``, ``score``; of streams ``latency``, ``latency-p99``.
        fail_on: what makes it not ``ok``: ``slower``, ``worse``, ``missing``, ``failed``,
            ``undecided``.
        threshold: only what is slower or worse by more counts, as ``0.05`` or ``"5%"``.
        delta: rows that differ by less are the same; 0.02 if None.
        score_delta: scores likewise.
        out: the folder of all runs.

    Raises:
        UsageError: if a run can't be read, both are one, or they have nothing in common.
    """
    sides = None if between is None else joined("--between", between)
    made = summarized(
        old,
        new,
        values.folder_of(out),
        between=sides,
        metric=metric,
        fail_on=fail_on,
        threshold=values.checked("--threshold", values.excess, threshold),
        delta=values.checked("--delta", values.share, delta),
        score_delta=values.checked("--score-delta", values.share, score_delta),
    )
    return Compared(made)


def summarized(
    old: AnyRun | None,
    new: AnyRun | None,
    out: Path,
    *,
    between: str | None = None,
    metric: Names | None = None,
    fail_on: Names | None = None,
    threshold: float | None = None,
    delta: float | None = None,
    score_delta: float | None = None,
    tell: Tell = reading.warn,
) -> Summary:
    """Return all that is told of two sides; see :func:`compare`.

    Args:
        old: see there.
        new: see there.
        out: see there.
        between: two environments with a comma.
        metric: see there.
        fail_on: see there.
        threshold: see there.
        delta: see there.
        score_delta: see there.
        tell: is told which file is read where another one could be meant, and what of it was set
            aside.
    """
    from rnnbench.analysis.two_runs.gate import KINDS
    from rnnbench.measure.scores import SCORE_DELTA
    from rnnbench.measure.verdicts import DELTA
    from rnnbench.report.two_runs import summary

    stops = () if fail_on is None else values.chosen("--fail-on", fail_on, KINDS)
    choice = partial(asked, metric, stops)
    if between is None:
        sides, metrics = two_runs(old, new, out, choice, tell)
    else:
        sides, metrics = two_environments(between, old, new, out, choice, tell)
    margins = (delta or DELTA, score_delta or SCORE_DELTA)
    return summary.summarized(sides, metrics, stops, threshold or 0.0, *margins)


def asked(metric: Names | None, stops: Sequence[Kind], plan: Plan) -> tuple[Metric, ...]:
    """Return the metrics to compare, by default what a run is for.

    That is the training step, and the score where a worse one is to stop; of steps that were given
    one at a time both latencies.

    Raises:
        UsageError: for one that there is not, or if nothing of the kind could ever be found.
    """
    from rnnbench.analysis.two_runs.metrics import METRICS, OF_STREAMS, TIMES

    if metric is None and not plan.stream:
        return ("train-step", "score") if "worse" in stops else ("train-step",)
    metrics = values.chosen("--metric", metric or "latency,latency-p99", METRICS)
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


def two_runs(
    old: AnyRun | None, new: AnyRun | None, out: Path, choice: Choice, tell: Tell
) -> tuple[Sides, tuple[Metric, ...]]:
    """Return a baseline or a run, and a run; and what is compared of them.

    Raises:
        UsageError: if they can't be read, or are one, or have nothing in common.
    """
    from rnnbench.analysis.two_runs.defaults_written_out import under_one_key
    from rnnbench.analysis.two_runs.metrics import Metric
    from rnnbench.analysis.two_runs.sides import Side, Sides, side
    from rnnbench.report.run_origin import heading
    from rnnbench.results.queries import plan_of
    from rnnbench.results.runs import baselines
    from rnnbench.system.halves import both

    if old is None:
        raise UsageError("name a baseline or a run: rnnbench compare OLD [NEW]")
    baseline = None if isinstance(old, Run) else baselines.find(str(old), out)
    files = (baseline or file_of(old, out, tell), file_of(new, out, tell))

    def opened(run: AnyRun | None, file: Path) -> tuple[str, Side, tuple[Metric, ...], list[str]]:
        """Return the heading of a run, its rows, and what is to be told; all else is forgotten."""
        told: list[str] = []
        records = run.records if isinstance(run, Run) else reading.records_of(file, told.append)
        metrics = choice(plan_of(records))
        return heading(records), side(records, metrics), metrics, told

    first, second = (
        partial(opened, run, file) for run, file in zip((old, new), files, strict=True)
    )
    if all(map(takes_a_while, (old, new), files)):
        found = both(first, second, tuple[str, Side, tuple[Metric, ...], list[str]])
    else:
        found = first(), second()
    (before, old_side, metrics, told), (after, new_side, _, also_told) = found
    for line in (*told, *also_told):
        tell(line)
    kinds = [one.run.plan.stream for one in (old_side, new_side)]
    if kinds[0] != kinds[1]:
        raise UsageError(
            f"{files[kinds.index(True)]}: its steps were given one at a time, those of the other "
            "run in training: these are no two sides of one thing"
        )
    if old_side.run.run and old_side.run.run == new_side.run.run:
        raise UsageError(f"{files[0]} and {files[1]} are the same run: nothing can have changed")
    return Sides(*under_one_key(old_side, new_side), ("old", "new"), (before, after)), metrics


def two_environments(
    between: str,
    run: AnyRun | None,
    other: AnyRun | None,
    out: Path,
    choice: Choice,
    tell: Tell,
) -> tuple[Sides, tuple[Metric, ...]]:
    """Return two environments of one run, and what is compared of them.

    Raises:
        UsageError: if it has no such environments.
    """
    from rnnbench.analysis.two_runs.sides import environments
    from rnnbench.report.run_origin import heading
    from rnnbench.results.queries import plan_of

    base, comma, head = between.partition(",")
    if other is not None:
        raise UsageError(f"--between is of one run, not of {run!r} and {other!r}")
    if not (base and comma and head):
        raise UsageError(f"--between {between!r} is not BASE,HEAD, as in old,new for torch@old ...")
    if isinstance(run, Run):
        records = run.records
    else:
        records = reading.records_of(file_of(run, out, tell), tell)
    what, metrics = heading(records), choice(plan_of(records))
    return environments(records, metrics, base, head)._replace(headings=(what, what)), metrics


def takes_a_while(run: AnyRun | None, file: Path) -> bool:
    """Return whether a run has still to be read, and is large."""
    from rnnbench.results.reader import is_large

    return not isinstance(run, Run) and is_large(file)


def file_of(run: AnyRun | None, out: Path, tell: Tell) -> Path:
    """Return the results file of a run."""
    if isinstance(run, Run):
        return run.file
    return reading.file_of(None if run is None else str(run), out, tell)
