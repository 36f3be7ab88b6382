"""Tables on a terminal."""

import dataclasses
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pictured import aimed
from rendering import drawn, render, tables
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from specimens import (
    RECORDS,
    RUN,
    TIMING,
)

from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import Estimate
from rnnbench.report.formats import terminal
from rnnbench.report.numbers import cell_text
from rnnbench.report.tables import Column, Table
from rnnbench.schema.row import Row


def test_the_terminal_table_is_plain_and_not_cut_when_piped(shown):
    text = render(shown)
    assert max(map(len, render(tables(row_results([RUN, TIMING]))).splitlines())) <= 100
    assert "\x1b" not in text
    assert "…" not in text
    for expected in (shown[0].title, "fake:good", "2.0 ±0.1", *shown[0].notes):
        assert expected in text


def test_names_and_long_reasons_are_never_cut(shown):
    reason = "RuntimeError: " + " ".join(f"word{k}" for k in range(60)) + " [b]end[/b]"
    rows = [*TIMING.rows[:2], replace(TIMING.rows[2], reason=reason)]
    text = render(tables(row_results([RUN, replace(TIMING, rows=rows)])))
    assert " ".join(text.split()).count(reason) == 1
    assert max(map(len, text.splitlines())) <= 100


def test_a_wide_table_is_not_cut():
    """Long names, four digits everywhere and intervals of the score."""
    wide = replace(
        row_results(RECORDS)[0],
        row=Row("tensorflow", "keras"),
        score_name="mean squared error",
        naive_score=1 / 6,
        verdict="undecided",
        of_peak=Estimate(0.123, 0.111, 0.135),
        loss=0.00123,
        train_step_ms=Estimate(123.4, 122.9, 123.8),
        ratio=Estimate(12.34, 12.21, 12.46),
        forward_ms=Estimate(101.2),
        compile_s=12.3,
        memory_base_mib=1234.5,
        memory_added_mib=1234.5,
        score=Estimate(0.0024, -0.0001, 0.0049),
    )
    text = render(tables([wide]))
    assert "…" not in text
    for cell in ("tensorflow:keras", "123.4 ±0.5", "12.3 ±0.1", "0.0024 [-0.00010, 0.0049]"):
        assert cell in text
    assert max(map(len, render(tables([replace(wide, score=None)])).splitlines())) <= 100


def wide_rows():
    """Rows with long names, four digits everywhere and intervals."""
    one = replace(
        row_results(RECORDS)[0],
        score_name="mean squared error",
        naive_score=1 / 6,
        verdict="undecided",
        of_peak=Estimate(0.123, 0.111, 0.135),
        loss=0.00123,
        train_step_ms=Estimate(123.4, 122.9, 123.8),
        ratio=Estimate(12.34, 12.21, 12.46),
        memory_base_mib=1234.5,
        memory_added_mib=1234.5,
        score=Estimate(0.0024, -0.0001, 0.0049),
    )
    return [replace(one, row=Row("tensorflow", variant)) for variant in ("keras", "kernel")]


@pytest.mark.parametrize("width", [30, 40, 50, 72, 80, 100, 1000])
def test_a_table_fits_a_terminal_and_nothing_in_it_is_cut(width):
    (table,) = tables(wide_rows())
    lines = [line.text for line in drawn("heading", [table], width)]
    assert max(map(cell_len, lines)) <= width
    text = "\n".join(lines)
    assert "…" not in text
    for row in table.rows:
        for cell in row:
            assert re.search(rf"(?m)(^|\s){re.escape(cell_text(cell))}\s", text)


def test_columns_that_find_no_room_stand_below_under_the_same_names():
    lines = [line.text for line in terminal.grid(tables(wide_rows())[0], 80)]
    rules = [k for k, line in enumerate(lines) if line.startswith(" ─")]
    assert len(rules) == 2
    for rule in rules:
        assert lines[rule + 1].startswith(" tensorflow:keras ")
        assert lines[rule + 2].startswith(" tensorflow:kernel ")


def test_in_a_pipe_some_columns_stand_below_the_others():
    (table,) = tables(row_results(aimed(RECORDS)))
    assert [column.key for column in table.columns[-3:]] == [
        "target_steps",
        "target_s",
        "target_compiled_s",
    ]
    lines = [line.text for line in terminal.grid(table, None)]
    first, second = (k for k, line in enumerate(lines) if line.startswith(" ─"))
    assert lines[first + 1].startswith(" fake:good ")
    assert lines[second + 1].split()[:4] == ["fake:good", "reached", "by", "1"]
    assert "target" not in "".join(lines[:first])
    wide = [line.text for line in terminal.grid(table, 200)]
    assert sum(line.startswith(" ─") for line in wide) == 1


@pytest.mark.parametrize("width", [20, 30, 50, 80])
def test_a_text_that_is_wider_than_the_terminal_is_broken(width):
    kernel = "a kernel whose name has many words and a very-long-one-without-any-space-in-it"
    results = [replace(one, kernel=kernel) for one in row_results(RECORDS)]
    (table,) = tables(results, wanted=["train_step_ms", "kernel", "sizes"])
    lines = [line.text for line in drawn("heading", [table], width)]
    assert max(map(cell_len, lines)) <= width
    words = "".join(word for line in lines for word in line.split())
    for name in ("fake:good", "fake:second"):  # above each of its lines, or beside the first
        assert words.count(name) >= 2
    if width < 80:
        assert words.count("".join(kernel.split())) == len(results)


def test_where_a_name_leaves_no_room_it_stands_above_its_figures():
    lines = [line.text.rstrip() for line in terminal.grid(tables(wide_rows())[0], 30)]
    k = lines.index(" tensorflow:keras")
    assert "123.4 ±0.5" in lines[k + 1]


def test_the_heading_of_names_stands_above_them():
    columns = [Column("radius", "radius"), Column("what", "what")]
    table = Table("elman", "", columns, [["0.500", "vanishes: halves every step"]])
    lines = [line.text.strip() for line in terminal.grid(table, 32)]
    texts = [line for line in lines if line.strip("─")]
    assert texts == ["radius", "what", "0.500", "vanishes: halves every step"]


@pytest.mark.parametrize(("columns", "widest"), [("40", 40), ("80", 80), ("200", 200)])
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_columns_are_respected_on_terminals_and_pipes(monkeypatch, capsys, columns, widest, term):
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", columns)
    shown = []
    for forced in ("", "1"):
        if forced:
            monkeypatch.setenv("FORCE_COLOR", forced)
        terminal.show("heading", tables(wide_rows()))
        out = capsys.readouterr().out
        assert "\x1b" not in out or (forced and term == "xterm")
        shown.append(re.sub(r"\x1b\[\d?m", "", out))
        assert max(map(cell_len, shown[-1].splitlines())) <= widest
    assert shown[0] == shown[1]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_table_degrades_where_stdout_is_not_utf_8(monkeypatch, encoding):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", out)
    lines = [line.text for line in terminal.grid(tables(wide_rows())[0], None)]
    "\n".join(lines).encode(encoding)
    assert len(set(map(cell_len, lines))) == 1
    assert ("123.4 +/-0.5" if encoding == "ascii" else "123.4 ±0.5") in lines[-2]


def test_columns_line_up_whatever_is_in_them(shown):
    wide = replace(row_results(RECORDS)[0], row=Row("日本語", "é"))
    lines = [line.text for line in terminal.grid(tables([wide])[0], None)]
    assert len(set(map(cell_len, lines))) == 1
    assert lines[-2].startswith(" 日本語:é")


@given(st.text(st.sampled_from("ab 日é-"), max_size=60), st.integers(4, 40))
def test_lines_are_broken_as_rich_breaks_them(text, width):
    out = Console(file=io.StringIO(), width=width, highlight=False)
    out.print(Text(text))
    assert "\n".join(terminal.wrapped(text, width)) + "\n" == out.file.getvalue()


def test_a_terminal_shows_titles_bold_and_notes_dim(shown, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal.show("heading", shown)
    styled = capsys.readouterr().out
    assert f"\x1b[1m{shown[0].title}\x1b[0m" in styled
    assert f"\x1b[2m  {shown[0].notes[0]}\x1b[0m" in styled
    monkeypatch.delenv("FORCE_COLOR")
    terminal.show("heading", shown)
    plain = capsys.readouterr().out
    assert re.sub(r"\x1b\[\d?m", "", styled) == plain == render(shown)


def test_an_empty_run_says_so():
    assert "no comparison was finished" in render([])


def test_what_strangers_name_is_plain_on_the_terminal(shown):
    odd = "\x1b]0;pwned\x07\x1b[2J\u202e\nforged"
    forged = dataclasses.replace(
        shown[0],
        title=odd,
        setting=odd,
        columns=[Column(odd, odd, odd)] * len(shown[0].columns),
        rows=[[odd] * len(shown[0].columns)],
        notes=[odd],
    )
    text = "".join(f"{line.text}\n" for line in drawn(f"one line{odd[:-7]}\nanother", [forged]))
    assert "\x1b" not in text
    assert "\nforged" not in text
    assert text.startswith("one line\\x1b]0;pwned\\x07\\x1b[2J\\u202e\nanother\n")
