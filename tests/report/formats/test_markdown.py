"""Blocks as Markdown."""

import html
import io
import re
from html.parser import HTMLParser
from importlib import util

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rnnbench.report.formats import markdown
from rnnbench.report.tables import Column, Table
from rnnbench.text import plain


def test_markdown_is_a_table(shown):
    lines = markdown.render("heading", shown).splitlines()[2:]
    assert lines[0] == f"**{shown[0].title}** · {shown[0].setting}"
    assert lines[2].startswith("|  | train step, ms | of fastest, × |")
    assert lines[2].endswith("| error ↓, naive 1.00 |")
    assert {line.count("|") for line in lines[2:7]} == {len(shown[0].columns) + 1}


def test_markdown_escapes_what_would_break_the_table():
    assert markdown.line(["a|b", "c"]) == "| a&#124;b | c |"
    assert markdown.line(["a\n| b |\x1b[2J"]) == "| a&#92;n&#124; b &#124;&#92;x1b[2J |"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("12 [9.0, 15]", "12 [9.0, 15]"),
        ("~1.2", "~1.2"),
        ("numpy:fused failed: 2.0 ±0.1 × gru_reset_before", None),
        ("<script>", "&#60;script&#62;"),
        ("![x](http://y)", "!&#91;x&#93;(http&#58;//y)"),
        ("[x]: http://y", "&#91;x&#93;: http&#58;//y"),
        ("`a` **b** &lt;", "&#96;a&#96; &#42;&#42;b&#42;&#42; &#38;lt;"),
        (
            "@name #1 :x: $x$",
            "&#64;<!-- -->name &#35;<!-- -->1 &#58;<!-- -->x: &#36;<!-- -->x&#36;<!-- -->",
        ),
        ("www.x.org a@b.org", "www&#46;x.org a&#64;<!-- -->b.org"),
        ("~~a~~ __b__ _c_ d_e", "&#126;&#126;a&#126;&#126; &#95;&#95;b&#95;&#95; &#95;c&#95; d_e"),
        ("[^1] [ ] [x] [!NOTE]", "&#91;^1] &#91; ] &#91;x] &#91;!NOTE]"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text, written):
    assert markdown.escaped(text) == (written or text)


class Page(HTMLParser):
    """The text of a page and the tags in it."""

    def __init__(self, source):
        super().__init__()
        self.text, self.tags = "", []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


#: Text with much of what Markdown interprets.
PIECES = st.sampled_from(
    [
        *(
            "http://a.b",
            "www.a.b",
            "a@b.cd",
            "mailto:a@b.cd",
            "@name",
            "#1",
            "o/r#1",
            "GH-1",
            ":x:",
        ),
        *("~~", "~", "__", "_", "*", "**", "`", "```", "$", "$$", "[^1]", "[^1]:", "[ ] ", "[x] "),
        *("- ", "+ ", "* ", "1. ", "1) ", "---", "===", "# ", "> ", "    ", "<b>", "<!--", "-->"),
        *("&lt;", "&#42;", "&", "\\", "\\*", "|", "|-|", ":-:", ":", "]", "[", "](", "![", "a]: b"),
        *("<http://a>", "[!NOTE]", "a", "b ", " ", "1", "\n", "\n\n", "\t", "\xa0", "\u200b"),
    ]
)
TEXT = st.lists(PIECES | st.text(max_size=3), max_size=8).map("".join)
RENDERER = MarkdownIt("gfm-like", {"linkify": bool(util.find_spec("linkify_it"))})


@given(TEXT)
def test_a_real_renderer_finds_nothing_but_text(text):
    page = Page(RENDERER.render(markdown.escaped(text)))
    assert page.text.removesuffix("\n") == plain(text)
    assert page.tags == ["p"] * bool(plain(text))


@given(TEXT, TEXT)
def test_in_a_cell_and_in_a_title_it_is_likewise(cell, title):
    table = Table(
        f"a{title}", title, [Column("a", "a"), Column("b", "b")], [["c", cell]], [title, cell]
    )
    page = Page(RENDERER.render(markdown.render_table(table)))
    assert set(page.tags) <= {"p", "strong", "br", *("table", "thead", "tbody", "tr", "th", "td")}
    assert page.tags.count("td") == page.tags.count("th") == 2
    assert page.tags.count("strong") == page.tags.count("table") == 1
    shown = " ".join(page.text.split())
    for part in (title, cell):
        assert " ".join(plain(part).split()) in shown


@given(TEXT)
def test_nothing_is_left_that_github_looks_for_in_text(text):
    """It does so in the finished page: names, issues and formulas within one piece of its text."""
    pieces = html.unescape(markdown.escaped(text)).split("<!-- -->")
    source = markdown.escaped(text)
    assert not re.search(r"://|www\.", source, re.IGNORECASE)
    for piece in pieces:
        assert not re.search(r"[@#$].|:[\w+-]+:", piece, re.DOTALL)


@given(st.text())
def test_nothing_in_a_cell_ends_it(text):
    assert html.unescape(markdown.escaped(text)).replace("<!-- -->", "") == plain(text).replace(
        "<!-- -->", ""
    )
    written = markdown.line([text, "b"])
    assert written.count("|") == 3
    assert "\n" not in written


def test_what_stdout_cannot_encode_is_replaced_before_it_is_escaped(monkeypatch):
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert markdown.escaped("→ · λ ±") == "-&#62; - &#92;u03bb +/-"
