"""Blocks as Markdown."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.report.formats import markdown
from rnnbench.text import plain


def test_markdown_is_a_table(shown):
    lines = markdown.render("heading", shown).splitlines()[2:]
    assert lines[0] == f"**{shown[0].title}** · {shown[0].setting}"
    assert lines[2].startswith("|  | train step, ms | of fastest, × |")
    assert lines[2].endswith("| error ↓, naive 1.00 |")
    assert {line.count("|") for line in lines[2:7]} == {len(shown[0].header) + 1}


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
