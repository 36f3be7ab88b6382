"""What is shown while a run goes on."""

import re

import pytest
from rich.cells import cell_len
from rich.text import Text
from specimens import (
    RUN,
)

from rnnbench.report.progress import Display, TimeLeft
from rnnbench.text import duration


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


def test_the_time_left_is_what_the_plan_allows_and_what_is_known_of_the_rest():
    now = [0.0]
    left = TimeLeft(6, [60.0, 60.0], clock=lambda: now[0])
    left.begin(None)
    assert left.seconds(0.0) is None
    told = []
    for seconds, max_time in [(2.0, None), (2.0, 60.0), (60.0, None), (2.0, 60.0), (60.0, None)]:
        now[0] += seconds
        left.begin(max_time)
        told.append(left.seconds(0.0))
    assert told == [126.0, 124.0, 64.0, 62.0, 2.0]


def test_the_time_left_never_jumps_up_while_a_stage_is_timed():
    now = [0.0]
    left = TimeLeft(3, [60.0], clock=lambda: now[0])
    left.begin(None)
    now[0] = 5.0
    left.begin(60.0)
    told = []
    for k in range(61):
        now[0] = 5.0 + k
        told.append(left.seconds(k / 60))
    assert told == pytest.approx([65.0 - k for k in range(61)])


def test_a_stage_that_overruns_leaves_time_for_the_others():
    now = [0.0]
    left = TimeLeft(4, clock=lambda: now[0])
    for _ in range(2):
        left.begin(None)
        now[0] += 3.0
    assert left.seconds(0.0) == pytest.approx(2 * 3.0)
    now[0] += 100
    assert left.seconds(0.0) == pytest.approx(2 * 3.0)
    assert left.seconds(0.5) == pytest.approx(2 * 3.0 + 103)


@pytest.mark.parametrize("columns", [24, 40, 80, 200])
def test_a_bar_fits_the_terminal_and_keeps_its_figures(monkeypatch, capsys, columns):
    for name, value in {"COLUMNS": str(columns), "FORCE_COLOR": "1", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    with Display(3, 1, [60.0]) as view:
        view.stage("starting")
        view.stage("checking that all rows compute the same, each of them and every one")
        view.stage("timing", RUN.plan.comparisons[0], 60.0)
    text = Text.from_ansi(capsys.readouterr().err).plain
    assert max(map(cell_len, re.split(r"[\r\n]", text))) <= columns
    assert "67%" in text
    assert "1 min 0 s left" in text


def test_a_dumb_terminal_is_shown_lines_without_controls(monkeypatch, capsys):
    for name, value in {"FORCE_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    with Display(1, 1) as view:
        view.stage("starting")
    assert capsys.readouterr().err == "  0 % starting\n"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (4.26, "4.3 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (254, "4 min 14 s"),
        (3599.6, "1 h 0 min"),
        (90061, "25 h 1 min"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds, text):
    assert duration(seconds) == text
