"""What else differs between two sides, and what forbids to compare them."""

import pytest
from msgspec.structs import replace
from pairs import BOTH, QUICK, ended, row, run
from specimens import FAST, MACHINE, OPENED, PLAN, PLANNED, SLOW

from rnnbench.analysis.two_runs import comparability
from rnnbench.analysis.two_runs.comparability import Difference
from rnnbench.analysis.two_runs.rows import compared_rows
from rnnbench.analysis.two_runs.sides import Sides, side


def both(old, new):
    sides = Sides(*(side(records, ("train-step",)) for records in (old, new)))
    return sides, compared_rows(sides, ("train-step",))


def differing(old, new):
    return comparability.differences(*both(old, new))


def planned(**changes):
    return replace(PLAN, comparisons=[replace(PLANNED, **changes)])


def other(**changes):
    comparison = replace(PLANNED.comparison, **changes)
    return replace(PLAN, comparisons=[replace(PLANNED, comparison=comparison)])


def test_nothing_differs_between_two_runs_of_the_same():
    again = run(row(), started="2027-01-01T00:00:00+00:00", git="abc", command=["rnnbench"])
    assert differing(QUICK, again) == []


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"machine": replace(MACHINE, cpus=4)}, Difference("machine.cpus", 2, 4)),
        ({"machine": replace(MACHINE, cpu="x")}, Difference("machine.cpu", "some CPU", "x")),
        ({"rnnbench": "0.2.0"}, Difference("rnnbench", "0.1.0", "0.2.0")),
        ({"source": "abcd"}, Difference("source", None, "abcd")),
        (
            {"distributions": {"rnnbench-fake": "2"}},
            Difference("distributions.rnnbench-fake", "1", "2"),
        ),
        ({"plan": replace(PLAN, precision=0.01)}, Difference("precision", 0.02, 0.01)),
        (
            {"opened": replace(OPENED, versions={"fake": "1.3", "numpy": "2"})},
            Difference("versions.fake", "1.2", "1.3", ["fake:good"]),
        ),
        (
            {"opened": replace(OPENED, denormals_flushed=False)},
            Difference("denormals_flushed", True, False, ["fake:good"]),
        ),
        (
            {"opened": replace(OPENED, settings={"XLA_FLAGS": "-x"})},
            Difference("settings.XLA_FLAGS", None, "-x", ["fake:good"]),
        ),
        (
            {"opened": replace(OPENED, plugin="mine 1 (ab)")},
            Difference("plugin", None, "mine 1 (ab)", ["fake:good"]),
        ),
        (
            {"plan": planned(task_plugin="other 2 (cd)")},
            Difference("task_plugin", PLANNED.task_plugin, "other 2 (cd)", ["echo · lstm"]),
        ),
        ({"plan": planned(split="x")}, Difference("split", None, "x", ["echo · lstm"])),
        ({"plan": planned(max_time=9.0)}, Difference("max_time", 0.2, 9.0, ["echo · lstm"])),
    ],
    ids=lambda given: given.name if isinstance(given, Difference) else "",
)
def test_what_differs_is_told(changes, difference):
    assert differing(QUICK, run(row(), **changes)) == [difference]


def test_the_kernel_and_the_number_of_processes_are_told():
    other_kernel = replace(row(factors=(1.0,) * 4), kernel="fast")
    assert differing(QUICK, run(other_kernel)) == [
        Difference("processes", 3, 4),
        Difference("kernel", "loop", "fast", ["fake:good"]),
    ]


def test_a_kernel_that_did_not_run_is_no_other_one():
    assert differing(QUICK, run(ended(FAST, "failed"))) == [Difference("processes", 3, 1)]


def test_what_many_rows_share_is_told_once():
    new = run(row(), row(SLOW), opened=replace(OPENED, matmul="tf32"))
    assert differing(BOTH, new) == [
        Difference("matmul", "highest", "tf32", ["fake:good", "fake:second"])
    ]


def obstacles(old, new):
    return comparability.obstacles(*both(old, new))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"steps": 5}, "echo · lstm: steps 5 against 10"),
        ({"hidden": 4, "clip": 1.0}, "echo · lstm: hidden 4 against 3, clip 1.0 against none"),
        ({"cell": "gru"}, "echo · gru: cell gru against lstm"),
        (
            {"task_options": {"length": 5}},
            "echo · lstm: task_options.length 5 against none",
        ),
    ],
)
def test_what_forbids_a_comparison_names_the_field(changes, told):
    assert obstacles(QUICK, run(row(), plan=other(**changes))) == [told]


def test_the_nearest_comparison_is_what_one_is_held_against():
    plan = other(steps=5)
    plan = replace(plan, comparisons=[*plan.comparisons, *other(steps=5, hidden=9).comparisons])
    new = run(row(), plan=other(steps=5, hidden=9, batch=2))
    old = [replace(QUICK[0], plan=plan), *QUICK[1:2]]
    for one in plan.comparisons:
        timing = replace(QUICK[2], comparison=one.comparison, key=one.comparison.key)
        old.append(timing)
    assert obstacles(old, new) == ["echo · lstm: batch 2 against 4"]


def test_other_data_and_other_rows_are_named():
    new = run(row(), plan=planned(data_hash="ffff"))
    assert obstacles(QUICK, new) == ["echo · lstm: data ffff against ab12"]
    assert obstacles(QUICK, run(row(SLOW))) == ["echo · lstm: rows fake:second against fake:good"]


def test_nothing_forbids_what_can_be_compared():
    assert obstacles(BOTH, run(row(), ended(SLOW, "failed"))) == []
    assert obstacles(QUICK, run(ended(FAST, "failed"))) == []


def test_a_comparison_beside_the_others_is_new_and_no_obstacle():
    plan = replace(PLAN, comparisons=[PLANNED, *other(steps=5).comparisons])
    second = plan.comparisons[1].comparison
    new = run(row())
    new = [replace(new[0], plan=plan), *new[1:]]
    new.append(replace(new[2], comparison=second, key=second.key))
    assert obstacles(QUICK, new) == []
