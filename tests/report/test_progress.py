"""What is shown while a run goes on."""

from specimens import (
    RUN,
)

from rnnbench.report.progress import Display


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
