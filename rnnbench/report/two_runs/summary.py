"""All that is told of two runs, for a terminal and for a pull request."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rnnbench.analysis.two_runs import comparability, gate
from rnnbench.analysis.two_runs.comparability import Difference
from rnnbench.analysis.two_runs.gate import Finding, Kind
from rnnbench.analysis.two_runs.metrics import Metric
from rnnbench.analysis.two_runs.rows import ComparedRow, compared_rows
from rnnbench.analysis.two_runs.sides import Sides
from rnnbench.measure.scores import SCORE_DELTA
from rnnbench.measure.verdicts import DELTA
from rnnbench.report.console import shown
from rnnbench.report.deferred import drawn_each
from rnnbench.report.formats import markdown, terminal
from rnnbench.report.formats.github_annotations import annotation
from rnnbench.report.two_runs import words
from rnnbench.report.two_runs.objects import difference_object, row_objects
from rnnbench.report.two_runs.tables import Names, tables

#: Findings that are worth a remark though nobody has asked to stop at them.
REMARKABLE: frozenset[Kind] = frozenset({"slower", "worse", "missing", "failed"})


@dataclass(frozen=True)
class Summary:
    """Two sides against each other.

    Attributes:
        names: of the sides: ``old`` and ``new``.
        headings: what each side is, in one line.
        rows: of both sides.
        metrics: those that are compared.
        differences: what else is not the same.
        obstacles: what forbids to compare them, in words.
        findings: all of them.
        fail_on: the kinds that the program stops at.
        exit_code: with which it ends.
    """

    names: Names
    headings: Sequence[str]
    rows: Sequence[ComparedRow]
    metrics: Sequence[Metric]
    differences: Sequence[Difference]
    obstacles: Sequence[str]
    findings: Sequence[Finding]
    fail_on: Collection[Kind]
    exit_code: int

    @property
    def stopping(self) -> list[str]:
        """What the program stops at, a line each."""
        found = [self.line(one) for one in self.findings if one.kind in self.fail_on]
        return [*found, self.nothing] if self.nothing else found

    @property
    def nothing(self) -> str:
        """That nothing could be found, empty if something could."""
        if self.exit_code != gate.NOTHING_COMPARABLE:
            return ""
        if any(map(gate.compared, self.rows)):
            return "there is no verdict on anything that --fail-on names"
        return "no figure could be compared"

    @property
    def heads(self) -> list[str]:
        """What each side is, under its name; once where both are of one run."""
        if len(set(self.headings)) == 1:
            return [self.headings[0]]
        return [f"{name}: {head}" for name, head in zip(self.names, self.headings, strict=True)]

    def line(self, one: Finding) -> str:
        """Return what was found, and of which row."""
        return f"{words.subject(one.row)}: {words.finding(one, self.names)}"


def summarized(
    sides: Sides,
    metrics: Sequence[Metric],
    fail_on: Collection[Kind] = (),
    threshold: float = 0.0,
    delta: float = DELTA,
    score_delta: float = SCORE_DELTA,
) -> Summary:
    """Compare two sides.

    Args:
        sides: both of them.
        metrics: in the order in which they are shown.
        fail_on: the kinds of findings that the program stops at.
        threshold: see :func:`rnnbench.analysis.two_runs.gate.findings`.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.
        score_delta: see :func:`rnnbench.measure.scores.score_verdicts`.
    """
    rows = compared_rows(sides, metrics, delta, score_delta)
    found = gate.findings(rows, threshold)
    return Summary(
        names=sides.names,
        headings=sides.headings,
        rows=rows,
        metrics=metrics,
        differences=comparability.differences(sides, rows),
        obstacles=comparability.obstacles(sides, rows),
        findings=found,
        fail_on=fail_on,
        exit_code=gate.exit_code(rows, found, fail_on),
    )


def show(summary: Summary) -> None:
    """Print everything for people."""
    differs = [f"differs: {words.told(one)}" for one in summary.differences]
    apart = [f"not comparable: {obstacle}" for obstacle in summary.obstacles]
    heading = "\n".join([*summary.heads, *differs, *apart])
    terminal.show(heading, tables(summary.rows, summary.metrics, summary.names))
    for line in (words.counted(summary.rows), *summary.stopping):
        print(shown(line))


def markdown_text(summary: Summary) -> str:
    """Return everything as Markdown that a pull request can carry."""
    apart = [f"not comparable: {obstacle}" for obstacle in summary.obstacles]
    parts = [
        f"**rnnbench**: {markdown.escaped(words.counted(summary.rows))}",
        bullets([*summary.stopping, *apart]),
        "  \n".join(map(markdown.escaped, summary.heads)),
        *drawn_each(markdown.render_table, tables(summary.rows, summary.metrics, summary.names)),
        "What else differs:" if summary.differences else "",
        bullets(map(words.told, summary.differences)),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def bullets(texts: Collection[str] | Iterator[str]) -> str:
    """Return texts as a list."""
    return "\n".join(f"- {markdown.escaped(text)}" for text in texts)


def json_object(summary: Summary) -> dict[str, Any]:
    """Return everything as a plain object."""
    old, new = summary.headings
    return {
        "old": old,
        "new": new,
        "rows": row_objects(summary.rows, summary.findings),
        "differences": list(map(difference_object, summary.differences)),
        "not_comparable": list(summary.obstacles),
        "found": summary.stopping,
        "exit_code": summary.exit_code,
    }


def remarks(summary: Summary) -> Iterator[str]:
    """Yield a line for each finding that a hosted CI shows beside the job."""
    if summary.nothing:
        yield annotation("error", "rnnbench", summary.nothing)
    for one in summary.findings:
        title = f"rnnbench: {one.row.row} {one.kind}"
        if one.kind in summary.fail_on:
            yield annotation("error", title, summary.line(one))
        elif one.kind in REMARKABLE:
            yield annotation("warning", title, summary.line(one))
