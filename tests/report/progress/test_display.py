"""What is shown while a run goes on."""

import io
import re
import sys
import threading
from itertools import pairwise

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.text import Text
from specimens import KEY, RECORDS, RUN, SLOW, THREE_PROCESSES, TIMING

from rnnbench.analysis.run_results import row_results
from rnnbench.report.progress import display, interim
from rnnbench.report.progress.display import Display, Pace, Terminal
from rnnbench.results.work_left import Remaining, Stage
from rnnbench.text import duration

PLANNED = RUN.plan.comparisons[0]
STAGES = Remaining(RUN.plan).stages
#: What a comparison is drawn from while it is timed, and when it is finished.
SO_FAR = [RUN, TIMING]
FINISHED = """\
echo · lstm · T 3, batch 4, 1 → 3 → 1
  fake:good    2.0 ±0.1 ms, error 0.50 [-0.77, 1.8] (naive 1.00)
  fake:second  4.0 ±0.2 ms, 2.0 ±0.1 × the fastest, error 0.4000 ±0.0000 (naive 1.00)
  fake:raises  failed: RuntimeError: broken
"""


@pytest.fixture
def at_once(monkeypatch):
    """Draw or print whatever is told, however soon."""
    monkeypatch.setattr(display, "LINE_INTERVAL", 0.0)
    monkeypatch.setattr(display, "LINE_SHARE", 0.0)
    monkeypatch.setattr(display, "DRAW_INTERVAL", 0.0)
    monkeypatch.setattr(display, "DRAW_SHARE", 1e9)


@pytest.fixture
def terminal(monkeypatch):
    """Make stderr a terminal of so many columns and lines, stdout too unless it is elsewhere."""

    def make(columns=80, lines=24, table_elsewhere=False, **others):
        names = {"COLUMNS": str(columns), "LINES": str(lines), "TERM": "xterm"}
        for name, value in (names | others).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: not table_elsewhere)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return make


def play(display):
    """Show a run of one comparison, from its start to its end."""
    with display as view:
        view.stage("starting fake:good, fake:second, fake:raises")
        view.expect(STAGES[1:])
        view.stage("checking that all rows compute the same, each of them and every one")
        view.stage("preparing fake:good", PLANNED)
        view.stage("timing", PLANNED, 0.2)
        view.tick()
        view.advance(0.5, lambda: SO_FAR)
        view.advance(1.0, lambda: SO_FAR)
        view.stage("training fake:good, seed 0", PLANNED)
        view.advance(0.5)
        view.finished(lambda: RECORDS)
        view.stage("measuring matrix products")


def frames(text):
    """Return what is drawn each time, without controls."""
    drawn = re.split(r"\x1b\[1?A|\x1b\[2K|\x1b\[\?25[lh]|\r", text)
    return [Text.from_ansi(each).plain for each in drawn if each.strip()]


def test_rich_markup_and_controls_of_strangers_are_no_progress(capsys):
    with Display([Stage("timing")], comparisons=1) as view:
        view.stage("timing [/b] [red]a:fire:\x1b[2J\n")
    assert capsys.readouterr().err == "  0 % timing [/b] [red]a:fire:\\x1b[2J\\n\n"


def test_without_a_terminal_there_are_lines_on_stderr_and_nothing_on_stdout(capsys):
    play(Display(STAGES, 1))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "  0 % starting fake:good, fake:second, fake:raises\n" + FINISHED


def test_a_notebook_has_lines_too_as_it_can_not_go_back_in_them(terminal, capsys):
    """Jupyter gives what a cell starts a terminal, and shows each drawing below the last one."""
    terminal(JPY_PARENT_PID="1")
    play(Display(STAGES, 1))
    assert (
        capsys.readouterr().err == "  0 % starting fake:good, fake:second, fake:raises\n" + FINISHED
    )


def test_lines_come_the_more_seldom_the_longer_a_run_has_lasted(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(display.time, "monotonic", lambda: now[0])
    printed = []
    with Display([], 1) as view:
        for second in range(4000):
            now[0] = float(second)
            view.tick()
            if capsys.readouterr().err:
                printed.append(second)
    gaps = [after - before for before, after in pairwise(printed)]
    assert min(gaps) == gaps[0] == 10
    assert gaps == sorted(gaps)
    assert gaps[-1] > 100


def test_each_line_says_how_far_it_is_and_what_is_left(capsys, at_once):
    with Display([Stage("timing", KEY)] * 2, 1) as view:
        view.stage("timing", PLANNED)
        view.advance(0.5)
    first, second = capsys.readouterr().err.splitlines()
    assert first == "  0 % 1/1 echo lstm: timing"
    assert re.fullmatch(r" [1-9]\d % 1/1 echo lstm: timing, 1 s left", second)


def test_a_check_of_all_rows_says_how_far_it_is(capsys, at_once):
    """It may take many minutes, and what comes after it has no time to be told yet."""
    with Display(STAGES, 1) as view:
        view.stage("checking that all rows compute the same")
        view.advance(0.25)
        view.stage("timing", PLANNED)
    _, told, after = capsys.readouterr().err.splitlines()
    assert told.endswith("% checking that all rows compute the same (25 % of that)")
    assert after.endswith("1/1 echo lstm: timing")


@pytest.mark.parametrize("columns", [24, 40, 80, 200])
def test_what_is_drawn_fits_the_terminal(terminal, at_once, capsys, columns):
    terminal(columns, lines=60)
    play(Display(STAGES, 1))
    out, err = capsys.readouterr()
    assert out == ""
    drawn = frames(err)
    assert max(cell_len(line) for each in drawn for line in each.splitlines()) <= columns
    assert any(" % " in each for each in drawn)
    everything = " ".join(" ".join(drawn).split())
    for shown in ("fake:second", "4.0 ±0.2", "2.0 ±0.1", "±5 %", "of ±2 %"):
        assert shown in everything
    assert "…" not in everything
    for stage in ("fake:second, fake:raises", "each of them and every one", "fake:good, seed 0"):
        assert stage in everything


@pytest.mark.parametrize("lines", [3, 8, 12])
def test_what_is_drawn_is_no_taller_than_the_terminal(terminal, at_once, capsys, lines):
    terminal(80, lines)
    display = Display(STAGES, 1)
    heights = []
    show = display._live.update
    display._live.update = lambda text, refresh=False: (
        heights.append(len(text.plain.splitlines())),
        show(text, refresh=refresh),
    )
    play(display)
    assert 0 < max(heights) < lines


def test_the_comparison_in_hand_is_shown_with_its_precision_its_rounds_and_its_load(
    terminal, at_once, capsys
):
    terminal(100)
    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 0.2)
        view.advance(0.5, lambda: SO_FAR)
    found = "\n".join(frames(capsys.readouterr().err))
    assert "echo · lstm" in found
    assert "load 0.5" in found
    (second,) = {line for line in found.splitlines() if line.startswith(" fake:second")}
    assert re.sub(" +", " ", second) == " fake:second 4.0 ±0.2 2.0 ±0.1 ±5 % 8 0 "
    (broken,) = {line for line in found.splitlines() if line.startswith(" fake:raises")}
    assert re.sub(" +", " ", broken) == " fake:raises failed – unknown "


def test_verdicts_are_not_told_before_the_whole_table_is_there(terminal, at_once, capsys):
    terminal(100)
    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 0.2)
        view.advance(0.5, lambda: [RUN, THREE_PROCESSES])
        view.finished(lambda: [RUN, THREE_PROCESSES])
    err = capsys.readouterr().err
    assert "× the fastest" in err
    assert "slower" not in err


def test_a_row_without_an_undisturbed_round_says_so():
    (lost,) = [one for one in row_results([RUN, TIMING]) if one.row == SLOW]
    lost = replace(lost, train_step_ms=None, ratio=None)
    assert interim.finished([lost])[1] == "  fake:second  disturbed"
    assert interim.in_hand([lost]).rows[0][1] == "disturbed"


def test_nothing_is_computed_that_is_not_shown(terminal, capsys):
    """A round may last a few milliseconds; what is drawn is worked out now and then."""
    terminal()
    asked = []

    def so_far():
        asked.append(1)
        return SO_FAR

    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 0.2)
        for _ in range(100):
            view.advance(0.5, so_far)
            view.tick()
        assert asked == [1]
        view.advance(1.0, so_far)  # what was found at the end
    assert asked == [1, 1]


def test_what_is_drawn_between_turns_keeps_no_round_from_being_shown(terminal, capsys, monkeypatch):
    terminal()
    now = [0.0]
    monkeypatch.setattr(display.time, "monotonic", lambda: now[0])
    asked = []
    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 10.0)
        for _ in range(10):
            for _ in range(3):
                now[0] += 1.0
                view.tick()
            view.advance(0.5, lambda: asked.append(1) or SO_FAR)
    assert len(asked) == 10


def test_drawing_takes_a_small_share_of_the_time(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(display.time, "monotonic", lambda: now[0])
    pace, spent = Pace(0.5), 0.0
    while now[0] < 100.0:
        now[0] += 0.1
        if pace.is_due:
            with pace.done():
                now[0] += 0.05
                spent += 0.05
    assert 0 < spent < 0.03 * now[0]


def test_no_thread_draws_while_a_block_is_timed(terminal, at_once, capsys):
    terminal()
    before = threading.active_count()
    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 0.2)
        view.advance(0.5, lambda: SO_FAR)
        assert threading.active_count() == before


def test_what_is_drawn_vanishes_before_the_table(terminal, at_once, capsys):
    terminal(100)
    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 0.2)
        view.finished(lambda: RECORDS)
        drawn = capsys.readouterr().err
    assert "× the fastest" in drawn
    end = capsys.readouterr().err
    assert "fake" not in Text.from_ansi(end).plain
    assert end.count("\x1b[2K") >= 5  # each line is erased


def test_finished_comparisons_stay_where_the_table_goes_elsewhere(terminal, at_once, capsys):
    terminal(100, table_elsewhere=True)
    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 0.2)
        capsys.readouterr()
        view.finished(lambda: RECORDS)
        printed = capsys.readouterr().err
        view.stage("measuring matrix products")
    assert FINISHED in Text.from_ansi(printed).plain
    assert "fake" not in Text.from_ansi(capsys.readouterr().err).plain


def test_a_dumb_terminal_is_shown_lines_without_controls(terminal, capsys):
    terminal(TERM="dumb")
    play(Display(STAGES, 1))
    err = capsys.readouterr().err
    assert err == "  0 % starting fake:good, fake:second, fake:raises\n" + FINISHED


def test_a_log_with_colours_is_no_terminal(monkeypatch, at_once, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    play(Display(STAGES, 1))
    err = capsys.readouterr().err
    assert FINISHED in Text.from_ansi(err).plain + "\n"
    assert not re.search(r"\x1b\[[0-9?]*[A-Zhl]|\r", err)


def test_rows_that_all_fail_are_shown(terminal, at_once, capsys):
    terminal(100)
    gone = [replace(TIMING.rows[2], row=row.row) for row in TIMING.rows]
    failed = [RUN, replace(TIMING, rows=gone, rounds=[], length=None)]
    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 0.2)
        view.advance(1.0, lambda: failed)
        view.finished(lambda: failed)
    err = capsys.readouterr().err
    assert "failed: RuntimeError: broken" in err


def test_without_colours_there_are_none(terminal, at_once, capsys):
    terminal(NO_COLOR="1")
    play(Display(STAGES, 1))
    styles = set(re.findall(r"\x1b\[([0-9;]*)m", capsys.readouterr().err))
    assert styles <= {"", "0", "1", "2"}  # plain, bold, dim


def test_a_reader_that_has_gone_ends_nothing(terminal, at_once, monkeypatch):
    class Gone(io.TextIOBase):
        encoding = "utf-8"

        def write(self, text):
            raise BrokenPipeError

        def isatty(self):
            return True

        def fileno(self):
            raise OSError

    monkeypatch.setattr(display, "silence", lambda stream: None)
    monkeypatch.setattr(sys, "stderr", Gone())
    with Display(STAGES, 1) as view:
        view.stage("timing", PLANNED, 0.2)
        view.advance(0.5, lambda: SO_FAR)
        view.finished(lambda: RECORDS)


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


def test_who_wants_quiet_is_told_messages_alone(capfd):
    quiet = Terminal(quiet=True)
    with quiet.display([], 1) as view:
        view.stage("timing")
        view.advance(1.0)
    quiet.tell("results in results/first")
    assert capfd.readouterr().err == "results in results/first\n"
