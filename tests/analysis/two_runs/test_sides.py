"""Two environments of one run as two sides."""

import pytest
from msgspec.structs import replace
from pairs import ALIKE, ended, row, run
from specimens import FAST_MS
from streamed import ROUNDS, records_of, turns

from rnnbench.analysis.two_runs.rows import compared_rows
from rnnbench.analysis.two_runs.sides import Sides, environments, side
from rnnbench.errors import UsageError
from rnnbench.schema.records.streaming import RowStreaming
from rnnbench.schema.row import Row

BASE, HEAD = Row("fake", "good", "base"), Row("fake", "good", "head")
#: Times that wander by a third from round to round, and each process has a speed of its own.
WANDERING = [one * factor for one, factor in zip(FAST_MS, (1, 1.3, 1.1, 1.2) * 2, strict=True)]
SPEEDS = (1.0, 1.5, 0.7)


def between(records, old="base", new="head", metrics=("train-step",)):
    return compared_rows(environments(records, metrics, old, new), metrics)


def test_ratios_are_those_within_the_rounds():
    head = [1.04 * speed * jitter for speed, jitter in zip(SPEEDS, ALIKE, strict=True)]
    records = run(row(BASE, SPEEDS, WANDERING), row(HEAD, head, WANDERING))
    (found,) = between(records, metrics=("train-step", "forward"))
    assert (str(found.row), found.change) == ("fake:good", None)
    for one in found.judged:
        assert one.verdict == "slower"  # though the processes of one row differ by twice as much
        assert one.change.value == pytest.approx(1.04, rel=1e-3)
    back = between(records, "head", "base")[0].judged[0]
    assert back.change.value == pytest.approx(1 / 1.04, rel=1e-3)


def test_what_is_no_time_has_no_rounds():
    records = run(row(BASE), row(HEAD, peak_memory=6 * 2**20))
    assert between(records, metrics=("memory",))[0].judged[0].verdict == "worse"


def test_the_rows_of_both_environments_are_there():
    other = Row("fake", "second", "base")
    found = between(run(row(BASE), row(other), ended(HEAD, "crashed")))
    assert {str(one.row): one.change for one in found} == {
        "fake:good": "failed",
        "fake:second": "missing",
    }


def test_the_environment_of_rnnbench_itself_is_a_dot():
    records = run(row(replace(BASE, environment="")), row(HEAD, [2 * one for one in ALIKE]))
    assert between(records, ".")[0].judged[0].verdict == "slower"


def test_an_environment_that_the_run_does_not_have_is_named():
    with pytest.raises(UsageError, match=r"unknown environment of this run 'haed'.*'head'"):
        between(run(row(BASE), row(HEAD)), "base", "haed")
    with pytest.raises(UsageError, match="--between base,base: these are one environment"):
        between(run(row(BASE), row(HEAD)), "base", "base")


LATENCIES = ("latency", "latency-p99")


def stream(*rows):
    """A run of three processes per row, with a latency for all blocks of each of them."""
    first, *others = records_of(
        [
            RowStreaming(
                row=name,
                status="ok",
                turns=turns([us] * ROUNDS),
                further=[turns([us * speed] * ROUNDS) for speed in (1.001, 0.999)],
            )
            for name, us in rows
        ]
    )
    return [replace(first, plan=replace(first.plan, rows=[name for name, _ in rows])), *others]


def test_latencies_of_two_runs_are_compared():
    fast, slow = stream((BASE, 10.0)), stream((BASE, 20.0))
    sides = Sides(side(fast, LATENCIES), side(slow, LATENCIES))
    (found,) = compared_rows(sides, LATENCIES)
    for one, old in zip(found.judged, (10, 50), strict=True):
        assert one.old.value == pytest.approx(old, rel=1e-2)
        assert one.change.value == pytest.approx(2)
        assert one.change.low < 2 < one.change.high
        assert one.verdict == "slower"


def test_latencies_in_two_environments_are_compared_within_rounds():
    records = stream((BASE, 10.0), (HEAD, 10.5))
    (found,) = between(records, metrics=LATENCIES)
    assert str(found.row) == "fake:good"
    for one in found.judged:
        assert one.verdict == "slower"
        assert one.change.value == pytest.approx(1.05)
