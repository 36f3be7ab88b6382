"""The suites that come along: each can be planned as it stands."""

import pytest

import rnnbench_tasks
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry

SUITES = [path.stem for path in rnnbench_tasks.rnnbench_suites()]


@pytest.mark.parametrize("suite", SUITES)
def test_planned(suite):
    plan = expand(Request(suite=suite), Registry.of([]))
    assert plan.comparisons
    assert len(plan.comparisons) == len({one.comparison.key for one in plan.comparisons})
