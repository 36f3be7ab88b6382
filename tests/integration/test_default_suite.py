"""The suite that `rnnbench run` runs: long enough to rank, short enough to wait for."""

import tomllib
from pathlib import Path

import pytest

import rnnbench_tasks
from rnnbench.results import reader
from rnnbench.results.queries import timings

PUBLISHED = Path(__file__).parents[2] / "results" / "published" / "default" / "results.jsonl"
SUITE = Path(rnnbench_tasks.__file__).parent / "suites" / "default.toml"


@pytest.fixture(scope="module")
def records():
    """The published run."""
    return reader.read(PUBLISHED)


@pytest.fixture(scope="module")
def published(records):
    """Its comparisons, which are those of the suite, in its order."""
    return timings(records)


@pytest.fixture(scope="module")
def max_times():
    """The seconds of timing of each comparison of the suite."""
    suite = tomllib.loads(SUITE.read_text())
    return [
        block.get("max_time", suite["max_time"])
        for block in suite["block"]
        for _ in range(len(block["tasks"]) * len(block["cells"]))
    ]


def test_the_default_run_ends_within_five_minutes_on_two_cores(records, published, max_times):
    """With what it takes beside timing: starting, proving, compiling and training."""
    beside = records[-1].elapsed - sum(timing.seconds for timing in published)
    assert beside + sum(max_times) < 0.9 * 300


def test_each_comparison_has_twice_the_rounds_that_an_interval_needs(published, max_times):
    """So that there are six undisturbed in both of two rows, if three quarters are."""
    for timing, max_time in zip(published, max_times, strict=True):
        round_takes = timing.seconds / len(timing.rounds)
        assert max_time / round_takes > 12, timing.comparison
