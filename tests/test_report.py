import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.console import Console
from specimens import RECORDS, RUN, TIMING

from rnnbench.frame import frame
from rnnbench.report import markdown, terminal
from rnnbench.report.blocks import block, blocks, digits, heading, measured
from rnnbench.report.progress import Display

VALUES = st.floats(1e-3, 1e6)


@pytest.fixture
def table():
    return blocks(frame(RECORDS))


def render(table):
    out = Console(file=io.StringIO(), width=terminal.WIDTH)
    terminal.show("heading", table, out)
    return out.file.getvalue()


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
    assert len(block.header) == 6
    assert {len(row) for row in block.rows} == {6}


def test_notes_say_why_rows_failed_and_how_precise_the_rest_is(table):
    assert table[0].notes == [
        "fake:raises failed: RuntimeError: broken",
        "timing: ratios within ±5 % of themselves",
    ]


def test_too_few_rounds_are_told():
    (block,) = blocks(frame([RUN, replace(TIMING, precision=None)]))
    assert "timing: too few rounds for intervals" in block.notes


def test_a_comparison_whose_rows_all_failed_is_shown():
    (block,) = blocks(frame([RUN, replace(TIMING, precision=None, rows=[TIMING.rows[2]] * 2)]))
    assert [row[1] for row in block.rows] == ["failed", "failed"]
    assert block.notes == ["fake:raises failed: RuntimeError: broken"] * 2


def test_an_empty_run_is_an_empty_table():
    assert blocks(frame([RUN])) == []


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (12.345, 12.1, 12.6, "12.3 ±0.3"),
        (12.345, 9.0, 15.0, "12 ±3"),
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
def test_rounding_moves_a_value_by_less_than_its_interval(value, share):
    row = {"x": value, "x_low": value * (1 - share), "x_high": value * (1 + share)}
    shown = float(measured(row, "x").split()[0])
    assert abs(shown - value) <= max(value * share, 5.1e-4 * value)


@given(VALUES)
def test_digits_are_significant_and_plain(value):
    text = digits(value, 3)
    assert "e" not in text
    assert float(text) == pytest.approx(value, rel=5.1e-3)


def test_the_terminal_table_is_plain_and_fits_when_piped(table):
    text = render(table)
    assert max(map(len, text.splitlines())) <= 100
    assert "\x1b" not in text
    for expected in (table[0].title, "fake:good", "2.0 ±0.1", *table[0].notes):
        assert expected in text


def test_names_and_long_reasons_are_never_cut(table):
    reason = "RuntimeError: " + " ".join(f"word{k}" for k in range(60)) + " [b]end[/b]"
    rows = [*TIMING.rows[:2], replace(TIMING.rows[2], reason=reason)]
    text = render(blocks(frame([RUN, replace(TIMING, rows=rows)])))
    assert " ".join(text.split()).count(reason) == 1
    assert max(map(len, text.splitlines())) <= 100


def test_markdown_is_a_table(table):
    lines = markdown.render("heading", table).splitlines()[2:]
    assert lines[0] == f"**{table[0].title}** · {table[0].setting}"
    assert lines[2].startswith("|  | train step, ms | of fastest, × |")
    assert lines[2].endswith("| error ↓, naive 1.00 |")
    assert {line.count("|") for line in lines[2:7]} == {len(table[0].header) + 1}


def test_a_wide_table_is_not_cut():
    """Long names, four digits everywhere and intervals of the score."""
    row = {
        "backend": "tensorflow",
        "variant": "keras",
        "status": "ok",
        "reason": None,
        "task": "t",
        "cell": "c",
        "sizes": "s",
        "device": "cpu",
        "threads": 2,
        "dtype": "d",
        "score_name": "mean squared error",
        "score_higher_is_better": False,
        "naive_score": 1 / 6,
        "naive_loss": 0.1666,
        "precision": 0.012,
        "loss": 0.00123,
        "train_step_ms": 123.4,
        "train_step_ms_low": 122.9,
        "train_step_ms_high": 123.8,
        "ratio": 12.34,
        "ratio_low": 12.21,
        "ratio_high": 12.46,
        "forward_ms": 101.2,
        "compile_s": 12.3,
        "peak_memory_mib": 1234.5,
        "score": 0.0024,
        "score_low": -0.0001,
        "score_high": 0.0049,
    }
    text = render([block([row])])
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    for cell in ("tensorflow:keras", "123.4 ±0.5", "12.3 ±0.1", "0.002 ±0.003"):
        assert cell in text


def test_the_heading_says_with_what_and_where():
    assert heading(RECORDS) == (
        "rnnbench 0.1.0 · fake 1.2 · some CPU, 2 CPUs, Linux 6 · 2026-01-02 03:04 UTC"
    )


def test_an_empty_run_says_so():
    assert "no comparison was finished" in render([])


def test_markdown_escapes_what_would_break_the_table():
    assert markdown.line(["a|b", "c"]) == "| a&#124;b | c |"


def test_progress_is_a_line_now_and_then_where_there_is_no_terminal(capsys):
    with Display(stages=4, comparisons=1) as view:
        view.stage("starting")
        view.stage("timing", RUN.plan.comparisons[0])
        view.advance(0.5)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "  0 % starting\n"
