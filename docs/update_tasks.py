"""Writes tasks.md from the committed runs of the suite ``tasks``; ``--check`` only compares."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kept_page import keep

from rnnbench.analysis.learning.curves import Curve, curve, finished
from rnnbench.analysis.learning.target import looks
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.run_results import row_results
from rnnbench.report import run_origin
from rnnbench.report.formats.markdown import escaped, render_table
from rnnbench.report.numbers import cell_text, digits
from rnnbench.report.one_run.columns import target_steps
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.results import reader
from rnnbench.results.queries import trainings_by_row

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tasks.md"
RUNS = ROOT / "results" / "published" / "tasks"
SOURCES = ROOT / "tasks" / "rnnbench_tasks"

OPENING = """\
# Tasks

What nets learn of each task in its default training: systems on one backend, and an LSTM on all
four, against a predictor that knows nothing (*naive*). Written by `docs/update_tasks.py` from
[committed runs](../results/published/tasks), and by nobody's hand; `sh docs/make_tasks.sh` makes
them anew.

- A *score* is that of held-out data. At the end of a training it is over all of them, before over
  some ([measuring](measuring.md#time-to-target)); the columns of steps are a learning curve.
- *to target* are the training steps until the task's target was seen to be reached.
- A run that is not committed yet has no part here.
- Each training is of one seed. Scores that differ by little may change their places with another,
  and time is what these runs say nothing of.

The finer curves, with the training loss, are in the records, fields `scores` and `curve`, and drawn
by `rnnbench plot RUN --kind learning`.
"""
MEMORY = """\
## How far back a cell remembers

The suite [`memory`](../tasks/rnnbench_tasks/suites/memory.toml): the same training over longer and
longer delays. In brackets the steps to the target; a cell that has not come there within the steps
might with more.
"""
GENERALIZATION = """\
## Which network has learnt the rule

The suite [`generalization`](../tasks/rnnbench_tasks/suites/generalization.toml): formal languages,
trained on short words and scored on longer ones, so that only the rule helps; in the order of
Chomsky's hierarchy: regular, context-free, context-sensitive. In brackets the steps to the target.
"""
#: How many points of a curve stand in a table.
POINTS = 5
#: How people write what differs by network alone.
NAMES = {"elman": "Elman", "lstm": "LSTM", "gru": "GRU", "tcn": "TCN"}


class Learnt(NamedTuple):
    """What one row has learnt, and its scores over steps."""

    row: RowResult
    scores: Curve

    @property
    def system(self) -> str:
        """Its cell, or the network that is made of none."""
        name = self.row.cell or self.row.network
        return NAMES.get(name, name)


def page() -> str:
    """Return the whole page; a run that is not committed yet has no part in it."""
    systems, backends = read("systems"), read("backends") | read("sequences")
    parts = [OPENING]
    parts += [overview(systems)] if systems else []
    parts += [in_backends(backends)] if backends else []
    parts += [*memory(read("memory")), *generalization(read("generalization"))]
    parts += (section(task, systems[task], backends.get(task, [])) for task in sorted(systems))
    made_by = [
        run_origin.heading(reader.read(path)) for path in sorted(RUNS.glob("*/results.jsonl"))
    ]
    return "\n".join([*parts, "## How it was made\n", *(f"{escaped(one)}\n" for one in made_by)])


def read(name: str) -> dict[str, list[Learnt]]:
    """Return what the rows of a run have learnt, by task; nothing of a run that is not there."""
    found: dict[str, list[Learnt]] = {}
    if not (run := RUNS / name / "results.jsonl").is_file():
        return found
    records = reader.read(run)
    trained = trainings_by_row(records)
    for one in row_results(records):
        own = finished(trained.get(one.comparison, {}).get(one.row, []))
        found.setdefault(one.task, []).append(Learnt(one, curve([looks(each) for each in own])))
    return found


def overview(systems: Mapping[str, Sequence[Learnt]]) -> str:
    """Return a table of what each system has learnt of each task."""
    first = next(iter(systems.values()))[0].row
    names = list(dict.fromkeys(one.system for learnt in systems.values() for one in learnt))
    rows: list[list[Cell]] = []
    for task, learnt in sorted(systems.items()):
        own = {one.system: summary(one.row) for one in learnt}
        rows.append([*against(task, learnt[0].row), *(own.get(name) for name in names)])
    notes = [
        "In brackets: the steps to the target, where it was reached.",
        *not_for(systems, names),
    ]
    columns = [*COMMON, *(Column(name, name) for name in names)]
    return render_table(Table("What is learnt", f"{first.row}, one seed", columns, rows, notes))


def in_backends(backends: Mapping[str, Sequence[Learnt]]) -> str:
    """Return a table of what an LSTM has learnt of each task in each backend."""
    names = list(dict.fromkeys(str(one.row.row) for learnt in backends.values() for one in learnt))
    rows: list[list[Cell]] = []
    for task, learnt in sorted(backends.items()):
        own = {str(one.row.row): summary(one.row) for one in learnt}
        rows.append([*against(task, learnt[0].row), *(own.get(name) for name in names)])
    columns = [*COMMON, *(Column(name, name) for name in names)]
    return render_table(Table("An LSTM in every backend", "one seed", columns, rows))


def memory(tasks: Mapping[str, Sequence[Learnt]]) -> Iterator[str]:
    """Yield how far back cells remember: the longest sequence of each task that they solved."""
    if tasks:
        yield MEMORY
    for task, learnt in tasks.items():
        sized = list(dict.fromkeys(size_of(one.row) for one in learnt))
        rows: list[list[Cell]] = []
        for name in dict.fromkeys(one.system for one in learnt):
            own = {size_of(one.row): one.row for one in learnt if one.system == name}
            solved = [size for size in sized if size in own and own[size].target_steps]
            figures = (summary(own[size]) if size in own else None for size in sized)
            rows.append([name, solved[-1] if solved else "none of these", *figures])
        columns = [Column("cell", "cell"), Column("solved", "longest solved")]
        columns += [Column(size, size) for size in sized]
        yield render_table(Table(task, judged(learnt[0].row), columns, rows))


def generalization(tasks: Mapping[str, Sequence[Learnt]]) -> Iterator[str]:
    """Yield which networks have learnt the rules of formal languages."""
    if not tasks:
        return
    yield GENERALIZATION
    (learnt,) = tasks.values()
    names = list(dict.fromkeys(one.system for one in learnt))
    rows: list[list[Cell]] = []
    for language in dict.fromkeys(size_of(one.row) for one in learnt):
        own = {one.system: one.row for one in learnt if size_of(one.row) == language}
        naive = Quantity(next(iter(own.values())).naive_score, digits=3)
        figures = (summary(own[name]) if name in own else None for name in names)
        rows.append([language, naive, *figures])
    columns = [Column("language", "language"), Column("naive", "naive")]
    columns += [Column(name, name) for name in names]
    yield render_table(Table("Longer words", judged(learnt[0].row), columns, rows))


def size_of(row: RowResult) -> str:
    """Return the first of the sizes of a task: the delay, the length, the language."""
    return row.sizes.partition(",")[0]


def judged(row: RowResult) -> str:
    """Return what is scored, on which backend, and from where on it is solved."""
    sign = "at least" if row.score_higher_is_better else "at most"
    return f"{row.score_name}, solved with {sign} {row.target_score:.3g}; {row.row}, one seed"


#: What stands before the figures of a task.
COMMON = [
    Column("task", "task"),
    Column("score", "score"),
    Column("naive", "naive"),
    Column("target", "target"),
]


def against(task: str, row: RowResult) -> list[Cell]:
    """Return a task, its score and what that is held against."""
    better = "↑" if row.score_higher_is_better else "↓"
    held = [Quantity(figure, digits=3) for figure in (row.naive_score, row.target_score)]
    return [task, f"{row.score_name} {better}", *held]


def summary(row: RowResult) -> str:
    """Return the score of a row, with the steps to its target, or how it ended."""
    if row.score is None:
        return row.status
    told = cell_text(Quantity(row.score.value, digits=3))
    return f"{told} ({row.target_steps.value:.0f})" if row.target_steps else told


def not_for(systems: Mapping[str, Sequence[Learnt]], names: Sequence[str]) -> Iterator[str]:
    """Yield which systems are not there for which tasks."""
    for name in names:
        without = [task for task, own in systems.items() if name not in {o.system for o in own}]
        if without:
            yield f"{name}: not for {', '.join(sorted(without))}, whose output is a sequence apart."


def section(task: str, systems: Sequence[Learnt], backends: Sequence[Learnt]) -> str:
    """Return what is known of one task."""
    row = systems[0].row
    about, source = described(task)
    told = [f"{about} [Source]({source}).", sizes(row)]
    if row.target_score is not None:
        sign = "at least" if row.score_higher_is_better else "at most"
        told.append(f"Its target: {row.score_name} of {sign} {row.target_score:.3g}.")
    rows = [*systems, *(one for one in backends if one.row.row != row.row)]
    return "\n".join([f"## {task}\n", " ".join(told) + "\n", render_table(curves(rows))])


def sizes(row: RowResult) -> str:
    """Return the sizes of a task, and of which data it is."""
    split = f"; {row.split}" if row.split else ""
    return escaped(f"{row.sizes.partition(' → ')[0].rpartition(', ')[0]}{split}.")


def curves(rows: Sequence[Learnt]) -> Table:
    """Return the scores of the rows of a task over their steps."""
    first = rows[0].row
    last = max(int(one.scores.steps[-1]) for one in rows if one.scores.steps)
    steps = points(rows[0].scores)
    columns = [
        Column("system", "system"),
        Column("row", "row"),
        Column("parameters", "parameters"),
        *(Column(f"at {step}", f"step {step}") for step in steps),
        Column("target", "to target"),
        Column("loss", "loss", naive=Quantity(first.naive_loss, digits=3)),
    ]
    lines: list[list[Cell]] = [
        [
            one.system,
            str(one.row.row),
            f"{one.row.params:,}" if one.row.params else None,
            *(at(one.scores, step) for step in steps),
            target_steps(one.row),
            Quantity(one.row.loss, digits=3),
        ]
        for one in rows
    ]
    naive = digits(first.naive_score, 3)
    setting = f"{last} steps; naive {naive}"
    return Table(f"{first.score_name} over training steps", setting, columns, lines)


def points(scores: Curve) -> list[int]:
    """Return the steps of a curve that stand in a table, the last among them."""
    steps = [int(step) for step in scores.steps]
    return steps[:: -max(1, len(steps) // POINTS)][:POINTS][::-1]


def at(scores: Curve, step: int) -> Cell:
    """Return the score at a step, nothing where it is not known."""
    known = dict(zip(scores.steps, scores.losses, strict=True))
    return Quantity(known[step], digits=3) if step in known else None


def described(task: str) -> tuple[str, str]:
    """Return the first line on a task in its source, and where that is."""
    for path in sorted(SOURCES.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if re.search(rf'^    name: ClassVar\[str\] = "{re.escape(task)}"$', text, re.MULTILINE):
            told = ast.get_docstring(ast.parse(text)) or ""
            return told.partition("\n")[0], f"../{path.relative_to(ROOT).as_posix()}"
    raise LookupError(f"no source of the task {task}")


if __name__ == "__main__":
    keep(PAGE, page())
