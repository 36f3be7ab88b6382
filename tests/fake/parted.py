"""Runs in parts made by hand: plans of comparisons that differ in width, and attempts at parts."""

from msgspec.structs import replace
from specimens import (
    COMPARISON,
    FAST,
    MACHINE,
    OPENED,
    PEAK,
    PLAN,
    PLANNED,
    RUN,
    SLOW,
    TIMING,
    TRAINED,
)

from rnnbench.plan.part import part_of
from rnnbench.report.progress.silent import Quiet
from rnnbench.results.parts.attempts import claim, finish
from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer
from rnnbench.schema.records.beginning import Worker

ROWS = [FAST, SLOW]


def plan(count=6, threads=2, seeds=(0, 1)):
    """Return a plan of so many comparisons."""
    comparisons = [replace(COMPARISON, hidden=3 + k, threads=threads) for k in range(count)]
    planned = [replace(PLANNED, comparison=one) for one in comparisons]
    return replace(PLAN, comparisons=planned, rows=ROWS, seeds=list(seeds))


def timing(planned, **changes):
    """Return the timing of a comparison of such a plan."""
    own = {"comparison": planned.comparison, "key": planned.comparison.key}
    return replace(TIMING, **own, rows=TIMING.rows[:2], **changes)


def trainings(made, planned):
    """Return all trainings of a comparison in a plan."""
    key = planned.comparison.key
    return [replace(TRAINED, key=key, row=row, seed=s) for row in made.rows for s in made.seeds]


def begin(node="n1", machine=MACHINE, opened=OPENED, **changes):
    """Return a function that makes the first records of a part: of its run, of its workers."""

    def records(part):
        run = replace(RUN, name="night", plan=part, machine=replace(machine, node=node), **changes)
        run = replace(run, command=[*RUN.command, "--part", str(part.part), "--name", "night"])
        return [run, *(Worker(row=row, process=0, opened=opened) for row in part.rows)]

    return records


def everything(part):
    """Return all that is measured in a part."""
    found = []
    for planned in part.comparisons:
        if part.part.timed:
            found.append(timing(planned))
        found += trainings(part, planned)
    return [*found, PEAK]


def attempt(run, part, records, first=None, done=True):
    """Write an attempt at a part; return its folder."""
    folder = claim(run, part.part.number, part.part.of)
    with Writer(folder / FILE) as writer:
        for record in [*(first or begin())(part), *records]:
            writer.write(record)
    return finish(folder) if done else folder


def whole(run, made, of, split="comparisons", first=None):
    """Write all parts of a plan."""
    for number in range(1, of + 1):
        part = part_of(made, number, of, split)
        attempt(run, part, everything(part), first)


class Told(Quiet):
    """Keeps what is told."""

    def __init__(self):
        self.lines = []

    def tell(self, line):
        self.lines.append(line)


def nobody(line):
    """Be told nothing."""
    raise AssertionError(line)
