"""A run whose rows were given one step at a time."""

from msgspec.structs import replace
from specimens import BROKEN, FAST, PLAN, PLANNED, RUN, SLOW

from rnnbench.schema.records.streaming import RowStreaming, Streaming
from rnnbench.schema.records.timing import Round
from rnnbench.schema.sample import Sample, StreamTurn

ROUNDS = 9
STREAMED = replace(PLAN, stream=True)


def turns(microseconds, lost=0):
    """Return blocks of 100 steps, of which the last one alone was disturbed."""
    walls = [round(120e3 * each) for each in microseconds]
    last = len(walls) - 1
    return [
        StreamTurn(Sample(100, wall, wall, 0, lost * (k == last), 0), 1e3 * each, 5e3 * each)
        for k, (wall, each) in enumerate(zip(walls, microseconds, strict=True))
    ]


def streamed(slow_lost=0):
    """Return the records of a run of two rows, and of one that can't be streamed."""
    fast = [10.0, 11.0, 9.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0]
    rows = [
        RowStreaming(row=FAST, status="ok", kernel="loop", error=1e-7, turns=turns(fast)),
        RowStreaming(
            row=SLOW,
            status="ok",
            error=3e-7,
            turns=turns([20.0] * (ROUNDS - 1) + [500.0], slow_lost),
        ),
        RowStreaming(row=BROKEN, status="unsupported", reason="it has no loop"),
    ]
    return records_of(rows)


def records_of(rows):
    """Return the records of a run of these rows."""
    record = Streaming(
        finished="2026-01-02T03:04:05+00:00",
        comparison=PLANNED.comparison,
        key=PLANNED.comparison.key,
        seconds=1.0,
        rows=rows,
        rounds=[Round(0.1)] * ROUNDS,
    )
    return [replace(RUN, plan=STREAMED), record]
