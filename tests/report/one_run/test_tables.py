"""A comparison as it is shown: rows, columns and the figures in them."""

import pytest
from msgspec.structs import replace
from rendering import render, tables
from specimens import (
    FAST,
    FAST_MS,
    OPENED,
    RECORDS,
    RUN,
    SLOW,
    SLOW_MS,
    THREE_PROCESSES,
    TIMING,
    process,
    timed,
)

from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.run_origin import heading
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.sample import Sample

MS = 1_000_000


def texts(table):
    """Return what stands in each cell."""
    return [list(map(cell_text, row)) for row in table.rows]


def test_the_title_says_what_is_compared(shown):
    assert [table.title for table in shown] == ["echo · lstm"]
    assert shown[0].setting == "T 3, batch 4, 1 → 3 → 1 · cpu, 2 threads, float32"


def test_the_fastest_row_is_first_and_a_failed_one_last(shown):
    rows = texts(shown[0])
    assert [row[0] for row in rows] == ["fake:good", "fake:second", "fake:raises"]
    assert [row[2] for row in rows] == ["1", "2.0 ±0.1", "–"]
    assert rows[2][1] == "failed"


def test_a_time_of_too_few_rounds_is_rough_and_has_no_rank():
    few = [timed(row, process(ms[:3])) for row, ms in ((SLOW, SLOW_MS), (FAST, FAST_MS))]
    (found,) = tables(row_results([RUN, replace(TIMING, rows=few)]))
    lines = [row[:4] for row in texts(found)]
    assert lines == [["fake:second", "~4.0", "–", "~1.0"], ["fake:good", "~2.0", "–", "~0.50"]]


def test_a_row_that_was_never_undisturbed_says_so_in_place_of_its_time():
    hit = replace(process(FAST_MS), steps=[Sample(1, 50 * MS, 50 * MS, 9, 0, 0, 50 * MS)] * 8)
    (found,) = tables(row_results([RUN, replace(TIMING, rows=[timed(SLOW, hit), TIMING.rows[1]])]))
    assert [row[:3] for row in texts(found)] == [
        ["fake:good", "2.0 ±0.1", "1"],
        ["fake:second", "disturbed", "–"],
    ]


def test_forward_passes_that_were_never_undisturbed_say_so_in_place_of_their_time():
    hit = replace(process(FAST_MS), forwards=[Sample(1, 50 * MS, 50 * MS, 9, 0, 0, 50 * MS)] * 8)
    (found,) = tables(row_results([RUN, replace(TIMING, rows=[timed(FAST, hit), TIMING.rows[2]])]))
    assert [(row[0], row[1], row[3]) for row in texts(found)] == [
        ("fake:good", "2.0 ±0.1", "disturbed"),
        ("fake:raises", "failed", "–"),
    ]


def test_the_score_has_its_direction_and_the_naive_value(shown):
    found = [heading_of(column) for column in shown[0].columns[-2:]]
    assert found == [("loss", "naive 0.900"), ("error ↓", "naive 1.00")]


def test_a_run_without_training_has_no_score():
    (found,) = tables(row_results([RUN, TIMING]))
    assert [column.title for column in found.columns] == [
        *("", "train step", "of fastest", "forward", "compile", "memory", "of peak")
    ]
    assert {len(row) for row in found.rows} == {7}


def test_the_share_of_the_peak_is_in_per_cent(shown):
    assert [row[6] for row in texts(shown[0])] == ["~20", "~10", "–"]


def test_verdicts_are_shown_where_there_are_any(shown):
    assert "verdict" not in [column.title for column in shown[0].columns]
    (found,) = tables(row_results([RUN, THREE_PROCESSES]))
    assert found.columns[3].title == "verdict"
    assert [row[3] for row in texts(found)] == ["", "slower", ""]
    assert "slower" in render([found])


def test_the_heading_of_ratios_names_the_baseline():
    (found,) = tables(row_results([RUN, TIMING], baseline=SLOW), "fake:second")
    assert found.columns[2].title == "of fake:second"
    assert [row[2] for row in texts(found)] == ["0.50 ±0.03", "1", "–"]


def test_an_unsteady_row_is_shown_with_its_figures_and_says_so():
    unsteady = replace(TIMING.rows[0], status="unsteady", reason="its time per step still drifts")
    (found,) = tables(row_results([RUN, replace(TIMING, rows=[unsteady, *TIMING.rows[1:2]])]))
    assert texts(found)[1][1] == "4.0 ±0.2"
    drifts = "its time per step still drifts; timed, not yet trained"
    assert f"fake:second unsteady: {drifts}" in found.notes


def test_a_row_that_no_audit_has_reached_is_named():
    alone = replace(TIMING.rows[0], audit_error=None)
    broken_off = replace(TIMING, rows=[alone, *TIMING.rows[1:]], complete=False)
    told = "proved before it was timed alone, not audited: fake:second"
    (whole,) = tables(row_results([RUN, replace(broken_off, complete=True)]))
    assert told in whole.notes
    (part,) = tables(row_results([RUN, broken_off]))
    assert told not in part.notes


@pytest.mark.parametrize(("followed", "named"), [(False, True), (True, False), (None, False)])
def test_a_row_of_which_the_audit_could_judge_no_training_is_named(followed, named):
    row = replace(TIMING.rows[0], audit_followed=followed)
    (found,) = tables(row_results([RUN, replace(TIMING, rows=[row, *TIMING.rows[1:]])]))
    told = [note for note in found.notes if "the audit could not judge it" in note]
    assert [note.endswith(": fake:second") for note in told] == [True] * named


def test_notes_say_why_rows_failed_and_how_precise_the_rest_is(shown):
    assert shown[0].notes == [
        "fake:raises failed: RuntimeError: broken",
        "timing: not within ±2 %: fake:second ±5 %; within these processes",
        "0 of 16 blocks disturbed by others",
        "load up to 0.5 while timed, our 2 threads included",
        "peak: ~10 GFLOP/s, of the best matrix product",
        "trained: 10 steps of adam, lr 0.001, 2 seeds",
    ]


def test_a_comparison_whose_rows_all_failed_is_shown():
    (found,) = tables(row_results([RUN, replace(TIMING, length=None, rows=[TIMING.rows[2]] * 2)]))
    assert [row[1] for row in texts(found)] == ["failed", "failed"]
    assert found.notes == ["fake:raises failed: RuntimeError: broken"] * 2


def test_an_empty_run_is_an_empty_table():
    assert tables(row_results([RUN])) == []


def test_the_heading_says_with_what_and_where():
    assert heading(RECORDS) == (
        "rnnbench 0.1.0 · fake 1.2 · some CPU, 2 CPUs, Linux 6 · 2026-01-02 03:04 UTC"
    )


def test_the_heading_begins_with_the_name_of_the_run():
    named = [replace(RECORDS[0], name="before"), *RECORDS[1:]]
    assert heading(named).startswith("before · rnnbench 0.1.0 · ")


def test_the_heading_says_how_long_the_run_took():
    records = [*RECORDS, replace(TIMING, elapsed=254.2), replace(TIMING, elapsed=12.0)]
    assert heading(records).endswith(" · 2026-01-02 03:04 UTC · took 4 min 14 s")


def test_a_heading_is_one_line_whatever_a_version_is():
    odd = replace(OPENED, versions={"fake": "1\n2\x1b[2J"})
    records = [RUN, Worker(row=FAST, process=0, opened=odd)]
    assert heading(records).startswith("rnnbench 0.1.0 · fake 1\\n2\\x1b[2J · ")


def test_figures_stay_figures(shown):
    time, naive = shown[0].rows[1][1], shown[0].columns[-1].naive
    assert (time.value, time.low, time.high) == pytest.approx((4.0, 3.8, 4.2))
    assert naive.value == 1.0
    assert shown[0].columns[-1].better == "lower"


def test_a_compile_time_below_what_can_be_told_is_a_bound():
    (found,) = tables([replace(row_results(RECORDS)[0], compile_s=0.004)])
    assert texts(found)[0][4] == "<0.01"


def test_one_seed_gives_a_score_without_an_interval():
    (found,) = tables([replace(row_results(RECORDS)[0], score=Estimate(0.4))])
    assert texts(found)[0][-1] == "0.400"


def test_verdicts_on_scores_have_a_column_where_there_are_any(shown):
    assert "score verdict" not in [column.title for column in shown[0].columns]
    results = [
        replace(one, score_verdict="worse" if one.row == SLOW else None)
        for one in row_results(RECORDS)
    ]
    (found,) = tables(results)
    assert found.columns[-1].title == "score verdict"
    assert {row[0]: row[-1] for row in found.rows}[str(SLOW)] == "worse"
    assert {row[0]: row[-1] for row in found.rows}[str(FAST)] == ""
