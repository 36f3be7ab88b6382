"""Two runs made by hand, for the tests of what holds them against each other."""

from msgspec.structs import replace
from specimens import (
    FAST,
    FAST_MS,
    OPENED,
    PLAN,
    RUN,
    SLOW,
    SLOW_MS,
    TIMING,
    TRAINED,
    process,
    scaled,
    timed,
)

from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.timing import RowTiming

#: Three processes whose times are nearly the same.
ALIKE = (1.0, 1.001, 0.999)


def row(name=FAST, factors=ALIKE, milliseconds=FAST_MS, **changes):
    """Return a row that was timed in a process for each factor, its times multiplied by that."""
    processes = [replace(process(scaled(milliseconds, factor)), **changes) for factor in factors]
    return timed(name, *processes)


def ended(name, status, reason="broken"):
    """Return a row without figures."""
    return RowTiming(row=name, status=status, reason=reason)


def run(*rows, trained=(), opened=OPENED, plan=PLAN, **changes):
    """Return the records of a run in which these rows were timed.

    Args:
        rows: of its only comparison.
        trained: the trainings.
        opened: what every worker reports.
        plan: what was to be done.
        changes: fields of its first record.
    """
    count = max([len(one.processes) for one in rows] + [1])
    plan = replace(plan, rows=[one.row for one in rows], processes=count)
    planned = plan.comparisons[0]
    timing = replace(
        TIMING, comparison=planned.comparison, key=planned.comparison.key, rows=list(rows)
    )
    workers = [Worker(row=one.row, process=0, opened=opened) for one in rows]
    return [replace(RUN, plan=plan, **changes), *workers, timing, *trained]


def trainings(scores, name=FAST):
    """Return a training per score, with seeds from 0 on."""
    return [replace(TRAINED, row=name, seed=seed, score=score) for seed, score in enumerate(scores)]


def seeded(count):
    """Return the plan of a run with so many seeds."""
    return replace(PLAN, seeds=list(range(count)))


def shortened(records, rounds=4):
    """Return a run of which only the first rounds were played."""
    timing = records[-1]
    rows = [
        replace(
            one,
            processes=[
                replace(each, steps=each.steps[:rounds], forwards=each.forwards[:rounds])
                for each in one.processes
            ],
        )
        for one in timing.rows
    ]
    return [*records[:-1], replace(timing, rows=rows, rounds=timing.rounds[:rounds])]


QUICK = run(row())
BOTH = run(row(), row(SLOW, milliseconds=SLOW_MS))
