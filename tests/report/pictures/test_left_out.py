"""Comparisons that a picture leaves out."""

import pytest
from msgspec.structs import replace
from specimens import COMPARISON, PLANNED, RECORDS, TIMING
from streamed import streamed

from rnnbench.report.pictures.kinds import pictured
from rnnbench.schema.records.training import Training


def planned(hidden, steps):
    """Return a comparison of a plan that differs from that of the specimens."""
    own = replace(COMPARISON, hidden=hidden, steps=steps)
    return replace(PLANNED, comparison=own, sizes=f"hidden {hidden}")


def of_plan(records, *others):
    """Return records of a run with more comparisons in its plan."""
    run, *rest = records
    return [replace(run, plan=replace(run.plan, comparisons=[PLANNED, *others])), *rest]


def timed(one):
    return replace(TIMING, comparison=one.comparison, key=one.comparison.key)


@pytest.mark.parametrize("kind", ["learning", "score"])
def test_a_comparison_without_training_is_named(kind):
    other = planned(5, steps=0)
    panels, told = pictured(kind, [*of_plan(RECORDS, other), timed(other)])
    assert len(panels) == 1
    assert told == ["not drawn, timed without training: echo · lstm (hidden 5)"]
    assert pictured("time", [*of_plan(RECORDS, other), timed(other)])[1] == []


def test_a_reason_is_told_once_and_of_many_comparisons_how_many_they_are():
    others = [planned(size, steps=0) for size in range(5, 9)]
    records = [*of_plan(RECORDS, *others, planned(9, 10)), *map(timed, others)]
    assert pictured("learning", records)[1] == [
        "4 of 6 comparisons not drawn, timed without training",
        "not drawn, not measured: echo · lstm (hidden 9)",
    ]


def test_a_task_without_lengths_is_told_apart_from_one_without_trainings():
    assert pictured("over-length", RECORDS)[1] == [
        "not drawn, the task tells no sequences apart by length: "
        "echo · lstm (T 3, batch 4, 1 → 3 → 1)"
    ]
    untrained = [one for one in RECORDS if not isinstance(one, Training)]
    [line] = pictured("learning", untrained)[1]
    assert line.startswith("not drawn, no training was finished: ")


def test_a_stream_of_which_no_row_was_timed_is_named():
    run, stream = streamed()
    other = planned(5, steps=0)
    lost = [replace(one, turns=[], status="failed", reason="broken") for one in stream.rows]
    second = replace(stream, comparison=other.comparison, key=other.comparison.key, rows=lost)
    panels, told = pictured("latency", [*of_plan([run, stream], other), second])
    assert len(panels) == 1
    assert told == ["not drawn, no row was timed undisturbed: echo · lstm (hidden 5)"]


def test_a_picture_has_these_lines_below_its_heading():
    pytest.importorskip("vl_convert")
    from rnnbench.api.measured_run import Run

    other = planned(5, steps=0)
    found = Run([*of_plan(RECORDS, other), timed(other)], None).plot("learning")
    assert found.heading[2:] == ["not drawn, timed without training: echo · lstm (hidden 5)"]
