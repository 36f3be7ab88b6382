import dataclasses
import html
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.console import Console
from specimens import (
    FAST,
    FAST_MS,
    OPENED,
    PLAN,
    RECORDS,
    RUN,
    SLOW,
    SLOW_MS,
    THREE_PROCESSES,
    TIMING,
    process,
    samples,
    timed,
)

from rnnbench.frame import frame
from rnnbench.plain import plain
from rnnbench.records import Round, Worker
from rnnbench.report import markdown, terminal
from rnnbench.report.blocks import Column, block, blocks, digits, heading, measured
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


def notes(*records, rows=None, timing=TIMING):
    """Return the notes below a run that trains nothing and in which no row failed."""
    run = replace(RUN, plan=replace(PLAN, seeds=[]))
    timing = replace(timing, rows=list(rows or timing.rows[:2]))
    (block,) = blocks(frame([run, *records, timing]))
    return block.notes


def test_what_holds_of_three_processes_holds_of_more_than_these():
    (found,) = [note for note in notes(timing=THREE_PROCESSES) if note.startswith("timing")]
    assert found.endswith(" of 3 processes per row")
    pairs = [timed(row.row, *row.processes * 2) for row in TIMING.rows[:2]]
    assert notes(rows=pairs)[0].endswith(" within these processes")


def test_too_few_rounds_are_told():
    few = [timed(SLOW, process(SLOW_MS[:3])), timed(FAST, process(FAST_MS[:3]))]
    assert "timing: not within ±2 %: fake:second unknown; within these processes" in notes(rows=few)


def test_a_row_alone_is_judged_by_its_own_time():
    assert notes(rows=TIMING.rows[:1])[0].startswith("timing: not within ±2 %: fake:second ±5 %")
    still = timed(FAST, process([2.0] * 8))
    assert "timing: within ±2 %, within these processes" in notes(rows=[still])


def test_disturbed_blocks_are_counted():
    quiet = process(FAST_MS)
    hit = replace(quiet, steps=quiet.steps[:-2] + samples([50.0] * 2, lost=0.9))
    found = notes(rows=[TIMING.rows[0], timed(FAST, hit)])
    assert "2 of 16 blocks disturbed by others" in found


def test_a_row_that_compiled_while_it_was_timed_is_named():
    traced = replace(process(FAST_MS), traces=3)
    found = notes(rows=[TIMING.rows[0], timed(FAST, traced)])
    assert "fake:good compiled 3 times while it was timed" in found
    assert not any("fake:second compiled" in note for note in found)


def test_a_row_with_another_number_of_threads_is_named():
    workers = [
        Worker(row=row, process=0, opened=replace(OPENED, threads=threads))
        for row, threads in ((FAST, 1), (SLOW, 2))
    ]
    assert [note for note in notes(*workers) if "computes" in note] == [
        "fake:good computes with 1 thread"
    ]


def test_rows_that_treat_denormals_differently_are_named():
    workers = [
        Worker(row=row, process=0, opened=replace(OPENED, denormals_flushed=flushed))
        for row, flushed in ((FAST, False), (SLOW, True))
    ]
    assert "denormals are not flushed to zero by fake:good" in notes(*workers)
    assert not any("denormals" in note for note in notes(*workers[:1], *workers[:1]))


def test_others_on_the_gpu_are_told():
    busy = replace(TIMING, rounds=[Round(0.5, 0), Round(0.5, 2)])
    assert "others used the GPU: 2 processes" in notes(timing=busy)
    idle = replace(TIMING, rounds=[Round(0.5, 0)])
    assert not any("GPU" in note for note in (*notes(timing=idle), *notes()))


def test_a_comparison_whose_rows_all_failed_is_shown():
    (block,) = blocks(frame([RUN, replace(TIMING, length=None, rows=[TIMING.rows[2]] * 2)]))
    assert [row[1] for row in block.rows] == ["failed", "failed"]
    assert block.notes == ["fake:raises failed: RuntimeError: broken"] * 2


def test_an_empty_run_is_an_empty_table():
    assert blocks(frame([RUN])) == []


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


def test_the_terminal_table_is_plain_and_not_cut_when_piped(table):
    text = render(table)
    assert max(map(len, render(blocks(frame([RUN, TIMING]))).splitlines())) <= 100
    assert "\x1b" not in text
    assert "…" not in text
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
        "environment": None,
        "precision_asked": 0.02,
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
        "verdict": "undecided",
        "rounds": 300,
        "clean": 280,
        "processes": 5,
        "traces": 0,
        "threads_used": 2,
        "denormals_flushed": True,
        "gpu_strangers": None,
        "of_peak": 0.0123,
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
        "complete": True,
        "reused": None,
    }
    text = render([block([row])])
    assert "…" not in text
    for cell in ("tensorflow:keras", "123.4 ±0.5", "12.3 ±0.1", "0.0024 [-0.00010, 0.0049]"):
        assert cell in text
    assert max(map(len, render([block([row | {"score": None}])]).splitlines())) <= 100


def test_the_heading_says_with_what_and_where():
    assert heading(RECORDS) == (
        "rnnbench 0.1.0 · fake 1.2 · some CPU, 2 CPUs, Linux 6 · 2026-01-02 03:04 UTC"
    )


def test_an_empty_run_says_so():
    assert "no comparison was finished" in render([])


def test_markdown_escapes_what_would_break_the_table():
    assert markdown.line(["a|b", "c"]) == "| a&#124;b | c |"
    assert markdown.line(["a\n| b |\x1b[2J"]) == "| a&#92;n&#124; b &#124;&#92;x1b[2J |"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("12 [9.0, 15]", "12 [9.0, 15]"),
        ("2.0 ±0.1 × gru_reset_before", "2.0 ±0.1 × gru_reset_before"),
        ("<script>", "&#60;script&#62;"),
        ("![x](http://y)", "![x&#93;(http://y)"),
        ("[x]: http://y", "[x&#93;: http://y"),
        ("`a` **b** # &lt;", "&#96;a&#96; &#42;&#42;b&#42;&#42; &#35; &#38;lt;"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text, written):
    assert markdown.escaped(text) == written


@given(st.text())
def test_nothing_in_a_cell_ends_it(text):
    assert html.unescape(markdown.escaped(text)) == plain(text)
    written = markdown.line([text, "b"])
    assert written.count("|") == 3
    assert "\n" not in written


def test_what_strangers_name_is_plain_on_the_terminal(table):
    odd = "\x1b]0;pwned\x07\x1b[2J\u202e\nforged"
    (block,) = table
    block = dataclasses.replace(
        block,
        title=odd,
        setting=odd,
        header=[Column(odd, odd)] * len(block.header),
        rows=[[odd] * len(block.header)],
        notes=[odd],
    )
    out = Console(file=io.StringIO(), width=terminal.WIDTH)
    terminal.show(f"one line{odd[:-7]}\nanother", [block], out)
    text = out.file.getvalue()
    assert "\x1b" not in text
    assert "\nforged" not in text
    assert text.startswith("one line\\x1b]0;pwned\\x07\\x1b[2J\\u202e\nanother\n")


def test_a_heading_is_one_line_whatever_a_version_is():
    odd = replace(OPENED, versions={"fake": "1\n2\x1b[2J"})
    records = [RUN, Worker(row=FAST, process=0, opened=odd)]
    assert heading(records).startswith("rnnbench 0.1.0 · fake 1\\n2\\x1b[2J · ")


def test_rich_markup_and_controls_of_strangers_are_no_progress(capsys):
    with Display(stages=1, comparisons=1) as view:
        view.stage("timing [/b] [red]a:fire:\x1b[2J\n")
    assert capsys.readouterr().err == "  0 % timing [/b] [red]a:fire:\\x1b[2J\\n\n"


def test_progress_is_a_line_now_and_then_where_there_is_no_terminal(capsys):
    with Display(stages=4, comparisons=1) as view:
        view.stage("starting")
        view.stage("timing", RUN.plan.comparisons[0])
        view.advance(0.5)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "  0 % starting\n"
