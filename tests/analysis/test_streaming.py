import pytest
from specimens import BROKEN, FAST, SLOW
from streamed import ROUNDS, records_of, streamed, turns

from rnnbench.analysis.streaming import stream_results
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import cell_text
from rnnbench.report.one_run import streaming
from rnnbench.schema.records.streaming import RowStreaming


def results(slow_lost=0):
    return stream_results(streamed(slow_lost))


def results_of(rows):
    return stream_results(records_of(rows))


def test_figures_are_medians_over_rounds_with_intervals():
    fast, slow, broken = results()
    assert fast.latency_us.value == pytest.approx(10)
    assert (fast.latency_us.low, fast.latency_us.high) == pytest.approx((10, 10))
    assert fast.p99_us.value == pytest.approx(50)
    assert fast.steps_per_s.value == pytest.approx(1e6 / 12)
    assert slow.ratio.value == pytest.approx(2)
    assert fast.ratio == Estimate(1.0, 1.0, 1.0)
    assert (broken.ratio, broken.latency_us, broken.reason) == (None, None, "it has no loop")


def test_what_others_disturbed_is_left_out():
    _, slow, _ = results(slow_lost=10**9)
    assert (slow.rounds, slow.clean) == (9, 8)
    assert slow.p99_us.high == pytest.approx(100)


def processes(*microseconds):
    """Three processes that are alike but for a little."""
    first, *further = (turns([each + number / 100 for each in microseconds]) for number in range(3))
    return {"turns": first, "further": further}


@pytest.mark.parametrize(("slower", "verdict"), [(20.0, "slower"), (10.001, "same")])
def test_from_three_processes_on_there_are_verdicts(slower, verdict):
    rows = [
        RowStreaming(row=row, status="ok", **processes(*[each] * ROUNDS))
        for row, each in ((FAST, 10.0), (SLOW, slower))
    ]
    fast, slow = results_of(rows)
    assert (fast.verdict, slow.verdict) == (None, verdict)
    assert (slow.rounds, slow.clean, slow.plain["verdict"]) == (3 * ROUNDS, 3 * ROUNDS, verdict)
    table = streaming.table([fast, slow])
    place = [column.key for column in table.columns].index("verdict")
    assert [row[place] for row in table.rows] == [None, verdict]


def test_of_one_process_there_are_none():
    assert {one.verdict for one in results()} == {None}
    table = streaming.table(results())
    assert "verdict" not in [column.key for column in table.columns]
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_a_plain_object_has_the_same_fields_for_every_row():
    objects = [one.plain for one in results()]
    assert len({tuple(one) for one in objects}) == 1
    assert objects[2]["latency_us_low"] is None
    assert objects[0]["backend"] == "fake"


def test_the_fastest_and_what_can_not_be_told_from_it_are_marked():
    rows = [
        RowStreaming(row=row, status="ok", **processes(*[each] * ROUNDS))
        for row, each in ((FAST, 10.0), (SLOW, 10.001), (BROKEN, 20.0))
    ]
    table = streaming.table(results_of(rows))
    for key, first in (("latency_us", "10.0"), ("ratio", "1")):
        place = [column.key for column in table.columns].index(key)
        assert [row[place].best for row in table.rows] == [True, True, False]
        assert cell_text(table.rows[0][place]).startswith(first)


def test_a_table_has_a_line_per_row_and_says_what_is_proved():
    table = streaming.table(results())
    assert table.title == "echo · lstm · one step at a time"
    lines = [[cell_text(cell) for cell in row] for row in table.rows]
    assert [line[:2] for line in lines[1:]] == [
        ["fake:second", lines[1][1]],
        ["fake:raises", "unsupported"],
    ]
    assert "fake:raises: it has no loop" in table.notes
    assert any("oracle's of whole sequences by 3.0e-07 at most" in note for note in table.notes)
