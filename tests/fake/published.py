"""Runs to be published together: on two machines, on other data, with names of strangers."""

from msgspec.structs import replace
from specimens import COMPARISON, MACHINE, PLAN, PLANNED, RECORDS, RUN, TIMING, TRAINED

from rnnbench.report.publish.sources import source, told_apart
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training

#: What is formula, markup, command, link or control somewhere.
HOSTILE = "=1+1 \\input{x} $<b>&%#_^~ [a](http://b) | ' \" ` π ≤ ± 中 \x1b[2J\u200b\n-- --"


def run(machine=MACHINE, run="r1", name=None, planned=(PLANNED,), records=RECORDS):
    """Return the records of a run that has measured the same comparison under each plan."""
    others = [one for one in records[1:] if not isinstance(one, Timing | Training)]
    made = []
    for one in planned:
        key = one.comparison.key
        made.append(replace(TIMING, comparison=one.comparison, key=key))
        made += [replace(one, key=key) for one in records if isinstance(one, Training)]
    plan = replace(PLAN, comparisons=list(planned))
    return [replace(RUN, run=run, name=name, machine=machine, plan=plan), *others, *made]


def planned(**fields):
    """Return a plan with another comparison."""
    return replace(PLANNED, comparison=replace(COMPARISON, **fields))


def sources(*records):
    """Return runs, told apart."""
    return told_apart([source(list(one)) for one in records])


LARGE = replace(MACHINE, cpu="large CPU", cpus=64)
WIDE = (
    planned(),
    planned(cell="gru"),
    planned(task="adding"),
    planned(task="adding", cell="gru"),
)
__all__ = ["HOSTILE", "LARGE", "PLANNED", "TRAINED", "WIDE", "planned", "run", "sources"]
