"""A comparison as it is shown: rows, columns and the figures in them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from rendering import render
from specimens import (
    FAST,
    OPENED,
    RECORDS,
    RUN,
    SLOW,
    THREE_PROCESSES,
    TIMING,
)

from rnnbench.analysis.table import frame
from rnnbench.report.numbers import digits, measured
from rnnbench.report.run_tables import blocks, heading
from rnnbench.schema.records import Worker

VALUES = st.floats(1e-3, 1e6)


def test_the_title_says_what_is_compared(table):
    assert [block.title for block in table] == ["echo · lstm"]
    assert table[0].setting == "T 3, batch 4, 1 → 3 → 1 · cpu, 2 threads, float32"


def test_the_fastest_row_is_first_and_a_failed_one_last(table):
    rows = table[0].rows
    assert [row[0] for row in rows] == ["fake:good", "fake:second", "fake:raises"]
    assert [row[2] for row in rows] == ["1", "2.0 ±0.1", "–"]
    assert rows[2][1] == "failed"


def test_the_score_has_its_direction_and_the_naive_value(table):
    assert table[0].header[-2:] == [("loss", "naive 0.900"), ("error ↓", "naive 1.00")]


def test_a_run_without_training_has_no_score():
    (block,) = blocks(frame([RUN, TIMING]))
    assert [column.name for column in block.header] == [
        *("", "train step", "of fastest", "forward", "compile", "memory", "of peak")
    ]
    assert {len(row) for row in block.rows} == {7}


def test_the_share_of_the_peak_is_in_per_cent(table):
    assert [row[6] for row in table[0].rows] == ["20", "10", "–"]


def test_verdicts_are_shown_where_there_are_any(table):
    assert "verdict" not in [column.name for column in table[0].header]
    (block,) = blocks(frame([RUN, THREE_PROCESSES]))
    assert block.header[3].name == "verdict"
    assert [row[3] for row in block.rows] == ["", "slower", ""]
    assert "slower" in render([block])


def test_the_heading_of_ratios_names_the_baseline():
    (block,) = blocks(frame([RUN, TIMING], baseline=SLOW), "fake:second")
    assert block.header[2].name == "of fake:second"
    assert [row[2] for row in block.rows] == ["0.50 ±0.03", "1", "–"]


def test_an_unsteady_row_is_shown_with_its_figures_and_says_so():
    unsteady = replace(TIMING.rows[0], status="unsteady", reason="its time per step still drifts")
    (block,) = blocks(frame([RUN, replace(TIMING, rows=[unsteady, *TIMING.rows[1:2]])]))
    assert block.rows[1][1] == "4.0 ±0.2"
    drifts = "its time per step still drifts; trained with 0 of 2 seeds"
    assert f"fake:second unsteady: {drifts}" in block.notes


def test_notes_say_why_rows_failed_and_how_precise_the_rest_is(table):
    assert table[0].notes == [
        "fake:raises failed: RuntimeError: broken",
        "timing: not within ±2 %: fake:second ±5 %; within these processes",
        "0 of 16 blocks disturbed by others",
    ]


def test_a_comparison_whose_rows_all_failed_is_shown():
    (block,) = blocks(frame([RUN, replace(TIMING, length=None, rows=[TIMING.rows[2]] * 2)]))
    assert [row[1] for row in block.rows] == ["failed", "failed"]
    assert block.notes == ["fake:raises failed: RuntimeError: broken"] * 2


def test_an_empty_run_is_an_empty_table():
    assert blocks(frame([RUN])) == []


def test_the_heading_says_with_what_and_where():
    assert heading(RECORDS) == (
        "rnnbench 0.1.0 · fake 1.2 · some CPU, 2 CPUs, Linux 6 · 2026-01-02 03:04 UTC"
    )


def test_a_heading_is_one_line_whatever_a_version_is():
    odd = replace(OPENED, versions={"fake": "1\n2\x1b[2J"})
    records = [RUN, Worker(row=FAST, process=0, opened=odd)]
    assert heading(records).startswith("rnnbench 0.1.0 · fake 1\\n2\\x1b[2J · ")


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (12.345, 12.1, 12.6, "12.3 ±0.3"),
        (12.345, 11.2, 13.5, "12 ±1"),
        (12.345, 9.0, 15.0, "12 [9.0, 15]"),
        (0.0024, -0.0001, 0.0049, "0.0024 [-0.00010, 0.0049]"),
        (0.012345, 0.0122, 0.0125, "0.0123 ±0.0002"),
        (1234.5, 1200.0, 1300.0, "1234 ±66"),
        (1.5, 1.5, 1.5, "1.500 ±0.000"),
        (1.57, None, None, "~1.6"),
        (9.96, float("nan"), float("nan"), "~10"),
        (None, None, None, "–"),
    ],
)
def test_an_interval_has_the_digits_it_can_defend(value, low, high, text):
    assert measured({"x": value, "x_low": low, "x_high": high}, "x") == text


@given(VALUES, st.floats(1e-4, 0.5))
@example(0.001953125, 0.015625)
def test_rounding_moves_a_value_by_less_than_its_interval(value, share):
    row = {"x": value, "x_low": value * (1 - share), "x_high": value * (1 + share)}
    shown = float(measured(row, "x").split()[0])
    assert abs(shown - value) <= max(value * share, 5.1e-4 * value)


@given(VALUES)
def test_digits_are_significant_and_plain(value):
    text = digits(value, 3)
    assert "e" not in text
    assert float(text) == pytest.approx(value, rel=5.1e-3)
