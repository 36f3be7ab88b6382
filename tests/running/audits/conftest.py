import pytest
from specimens import COMPARISON

from rnnbench.plan.comparisons.build import Tasks, build
from rnnbench.plugins.registry import Registry


@pytest.fixture
def built(fake):
    return build(COMPARISON, Tasks(Registry.of([])))
