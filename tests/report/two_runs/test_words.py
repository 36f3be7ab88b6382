"""What two runs differ in, in words."""

import pytest
from pairs import BOTH, ended, run
from specimens import FAST

from rnnbench.analysis.two_runs.comparability import Difference
from rnnbench.analysis.two_runs.rows import compared_rows
from rnnbench.analysis.two_runs.sides import Sides, side
from rnnbench.report.two_runs import words


@pytest.mark.parametrize(
    ("difference", "told"),
    [
        (Difference("machine.cpus", 2, 4), "CPUs 2 → 4"),
        (
            Difference("versions.torch", "2.1", "2.2", ["torch:fused"]),
            "torch 2.1 → 2.2 (torch:fused)",
        ),
        (
            Difference("denormals_flushed", True, False, ["a:b", "c:d"]),
            "flushing of denormals on → off (a:b, c:d)",
        ),
        (Difference("settings.XLA_FLAGS", None, "-x"), "XLA_FLAGS none → -x"),
        (Difference("task_version", 1, 2), "task version 1 → 2"),
    ],
)
def test_a_difference_is_told(difference, told):
    assert words.told(difference) == told


def test_what_was_found_is_counted():
    new = run(ended(FAST, "oom"))
    sides = Sides(*(side(records, ("train-step",)) for records in (BOTH, new)))
    assert words.counted(compared_rows(sides, ("train-step",))) == "1 failed, 1 missing"
    assert words.counted([]) == "nothing"
