"""Tables in LaTeX: no text is a command, and a real LaTeX prints them."""

import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs
from published import HOSTILE, LARGE, WIDE, run, sources

from rnnbench.report.formats.latex import document as latex
from rnnbench.report.formats.latex.style import Style
from rnnbench.report.formats.latex.text import WRITTEN, escaped
from rnnbench.report.publish import blocks, pivot
from rnnbench.report.publish.selection import Selection
from rnnbench.report.tables import Column, Quantity, Table

#: The commands that a text may become, none of which takes what follows it.
HARMLESS = re.compile(
    r"\\(?:[{}$&#%_]|text[a-z]+\{\}|ldots\{\}|(?:ss|ae|AE|oe|OE|o|O|l|L|i)\{\}|[`'^~=u.\"rHvc]\{[A-Za-z]\})"
    r"|\$(?:\\[A-Za-z]+|-|[\^_]\{[\d-]\}|\\frac\{1\}\{2\})\$|\{\\char34\}|\{\}"
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("numpy:fused failed", "numpy:fused failed"),
        ("a_b & 5 % {x}$", r"a\_b \& 5 \% \{x\}\$"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        (
            "π ≤ ± × → ² µ 10⁹/s",
            r"$\pi$ $\leq$ $\pm$ $\times$ $\rightarrow$ $^{2}$ $\mu$ 10$^{9}$/s",
        ),
        ("é Å ß ł", r"\'{e} \r{A} \ss{} \l{}"),
        ("e\u0301", r"\'{e}"),
        ("中", r"\textbackslash{}u4e2d"),
        ("a\x1b\n\u200b", r"a\textbackslash{}x1b\textbackslash{}n\textbackslash{}u200b"),
        ("--processes ''", r"-{}-processes '{}'"),
        ("^^5c", r"\textasciicircum{}\textasciicircum{}5c"),
    ],
)
def test_a_text_is_written_as_it_is_read(text, written):
    assert escaped(text) == written


@given(st.text())
@example(HOSTILE)
def test_no_text_is_a_command(text):
    written = escaped(text)
    assert written.isascii()
    assert written.isprintable()
    left = HARMLESS.sub("", written)
    assert not set(left) & set('\\{}$&#%_^~<>|"`')
    dashes = text.translate(dict.fromkeys(map(ord, "–—─")))
    assert dashes != text or "--" not in HARMLESS.sub("_", written)


FIGURES = Table(
    "title",
    "a setting",
    [
        Column("row", ""),
        Column("t", "time", "ms", "estimate", group="g & h"),
        Column("x", "score", "", "estimate", "higher", group="g & h"),
    ],
    [
        ["a", Quantity(2.6, 2.5, 2.7, "symmetric", best=True), Quantity(-0.5)],
        ["b", Quantity(12.34, 12.33, 12.35, "symmetric"), Quantity(3.25, 1.0, 6.0, "estimate")],
        ["c", "failed", Quantity(0.001, least=0.01)],
        ["d", Quantity(1.25, form="estimate"), None],
    ],
    ["50 % & more"],
)


def test_figures_are_written_with_their_intervals_and_the_best_in_bold():
    text = latex.render([FIGURES], Style(label="tab:a"))
    assert r"\caption{title: a setting}" in text
    assert r"\label{tab:a}" in text
    assert r"a & \textbf{2.6\,$\pm$\,0.1} & $-$0.50 \\" in text
    assert r"b & 12.34\,$\pm$\,0.01 & 3.2 [1.0, 6.0] \\" in text
    assert r"c & failed & $<$0.01 \\" in text
    assert r"d & $\sim$1.2 & -- \\" in text
    assert r" & \multicolumn{2}{c}{g \& h} \\" in text
    assert r"\cmidrule(lr){2-3}" in text
    assert r"50 \% \& more" in text


def test_intervals_may_be_ranges():
    text = latex.render([FIGURES], Style(interval="range"))
    assert r"a & \textbf{2.60 [2.50, 2.70]} & $-$0.50 \\" in text


def test_siunitx_has_a_column_for_the_value_and_one_for_its_half_width():
    text = latex.render([FIGURES], Style(siunitx=True))
    first = "S[table-format=+2.2, table-align-text-pre=false, mode=text, detect-weight]"
    assert first + r"@{\,$\pm$\,}S[table-format=1.2" in text
    assert r"a & \bfseries 2.6 & \bfseries 0.1 & -0.50 \\" in text
    assert r"c & \multicolumn{2}{r}{failed} & {$<$}0.01 \\" in text
    alone = rf"\multicolumn{{1}}{{{first}@{{\phantom{{\,$\pm$\,}}}}}}{{{{$\sim$}}1.2}}"
    assert f"d & {alone} &  & " in text


def test_siunitx_has_a_column_for_the_value_and_one_for_its_range():
    text = latex.render([FIGURES], Style(siunitx=True, interval="range"))
    assert (
        r"S[table-format=+2.3, table-align-text-pre=false, mode=text, detect-weight]@{\ }l" in text
    )
    assert r"a & \bfseries 2.60 & \bfseries [2.50, 2.70] & -0.50 &  \\" in text
    assert r"c & \multicolumn{2}{r}{failed} & {$<$}0.01 &  \\" in text
    assert r"d & {$\sim$}1.2 &  & " in text


def test_every_table_has_a_label_of_its_own():
    text = latex.render([FIGURES] * 2, Style(label="t"))
    assert re.findall(r"\\label\{(.*)\}", text) == ["t", "t-2"]


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no pdflatex")
@pytest.mark.parametrize("siunitx", [False, True])
@pytest.mark.parametrize("interval", ["pm", "range"])
def test_a_real_latex_prints_all_of_it(tmp_path, siunitx, interval):
    letters = Table("", "", [Column("a", "")], [[sign] for sign in WRITTEN])
    accents = Table(HOSTILE, HOSTILE, [Column("a", HOSTILE)], [[HOSTILE]], [HOSTILE, "\\" * 3])
    both = sources(run(planned=WIDE, name=HOSTILE), run(LARGE, "r2"))
    made = [
        *blocks.tables(both, Selection()),
        pivot.table(both, "backend", ["train_step_ms", "score"], Selection()),
        *(FIGURES, letters, accents),
    ]
    text = latex.render(made, Style(True, siunitx, interval, "tab:a"), HOSTILE)
    assert pages(printed(tmp_path, text)) == len(made) + 1  # that of all letters is long


def pages(said):
    """Return how many pages LaTeX has printed."""
    return int(re.search(r"\((\d+) pages", said)[1])


def printed(folder, text, times=1):
    """Return what LaTeX says, having printed a document without an error."""
    (folder / "t.tex").write_text(text, encoding="ascii")
    command = ["pdflatex", "-no-shell-escape", "-halt-on-error", "-interaction=nonstopmode", "t"]
    for _ in range(times - 1):  # a long table learns how wide it is
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert "Missing character" not in (folder / "t.log").read_text(errors="replace")
    return ended.stdout


def long_table(rows, words="wide " * 20):
    """Return a table with so many rows, of figures and of texts, too wide for a page by default."""
    columns = [*FIGURES.columns, Column("words", "words")]
    lines = [[*FIGURES.rows[k % 4], f"{k}, {words}"] for k in range(rows)]
    return Table("long", "a setting", columns, lines, ["a note"])


def test_a_long_table_has_its_head_on_each_page():
    most = latex.MOST_LINES - latex.HEAD - 1  # and a note
    text = latex.render([long_table(most + 1, "narrow")], Style(label="t"))
    assert "% They need \\usepackage{booktabs, graphicx, longtable}." in text
    assert text.count("time") == 3  # to see how wide it is, and for pages
    assert r"\label{t}" in text
    assert "longtable" not in latex.render([long_table(most, "narrow")])


def wide_table(columns, group=""):
    """Return a table of so many columns, of which a row knows the last one alone."""
    found = [Column(f"c{k}", f"column {k}", group=group) for k in range(columns)]
    rows = [["a", *[Quantity(1.25, 1.2, 1.3)] * columns], ["b", *[None] * (columns - 1), "word"]]
    return Table("wide", "a setting", [Column("row", ""), *found], rows)


def test_a_wide_table_has_parts_that_can_be_read():
    assert latex.render([wide_table(5)]).count(r"\begin{tabular}") == 1
    text = latex.render([wide_table(24)])
    parts = text.split(r"\begin{tabular}")[1:]
    assert len(parts) > 1
    assert [part.count("a & ") for part in parts] == [1] * len(parts)  # each names its rows
    assert [part.count("b & ") for part in parts] == [*[0] * (len(parts) - 1), 1]
    widths = [part.partition("toprule")[0].count("l") for part in parts]
    assert max(widths) - min(widths) <= 1
    assert len(set(re.findall(r"\{(\\\w+)\n\\resizebox", text))) == 1  # one size for all


def test_each_part_says_what_tells_its_rows_apart():
    wide = wide_table(24)
    machines = [Column("row", ""), Column("machine", "machine"), *wide.columns[1:]]
    figures = [Quantity(1.25, 1.2, 1.3)] * 24
    rows = [[row, machine, *figures] for machine in ("one", "two") for row in ("a", "b")]
    text = latex.render([replace(wide, columns=machines, rows=rows)])
    parts = text.split(r"\begin{tabular}")[1:]
    assert len(parts) > 1
    for part in parts:
        assert re.findall(r"^([ab]) & (one|two) & ", part, re.MULTILINE) == [
            *(("a", "one"), ("b", "one"), ("a", "two"), ("b", "two"))
        ]


def test_columns_below_one_heading_stay_together_and_a_long_heading_has_lines():
    table = wide_table(12)
    heads = ["first " * 30, "second"]
    table = replace(
        table,
        columns=[
            column if not k else structs.replace(column, group=heads[k > 8])
            for k, column in enumerate(table.columns)
        ],
    )
    first, second = latex.render([table]).split(r"\begin{tabular}")[1:]
    assert r"\shortstack{first first" in first
    assert "second" not in first
    assert "second" in second


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no pdflatex")
@pytest.mark.parametrize("siunitx", [False, True])
def test_a_real_latex_breaks_a_long_table_over_pages(tmp_path, siunitx):
    text = latex.render([long_table(120)], Style(True, siunitx, label="t"))
    said = printed(tmp_path, text, times=3)
    assert 3 <= pages(said) <= 12  # in two parts
    assert "Overfull" not in said


def wrote(folder, text):
    """Return the words that LaTeX prints, each with where it begins and ends and its height."""
    printed(folder, text, times=4)
    subprocess.run(["pdftotext", "-bbox", "t.pdf"], cwd=folder, check=True)
    found = re.findall(
        r'<word xMin="(.*)" yMin="(.*)" xMax="(.*)" yMax="(.*)">(.*)</word>',
        (folder / "t.html").read_text(encoding="utf-8"),
    )
    return [
        (unescape(word), float(left), float(right), float(bottom) - float(top))
        for left, top, right, bottom, word in found
    ]


SEEN = pytest.mark.skipif(
    not (shutil.which("pdflatex") and shutil.which("pdftotext")),
    reason="there is no pdflatex, or no pdftotext",
)
#: A heading that is wider than all that stands below it.
WIDER = "extraordinarily:wide"


def two_columns(cells, group=""):
    """Return a table with these cells below a wide heading, between others."""
    columns = [Column("row", ""), Column("t", WIDER, "ms", "estimate", group=group)]
    columns.append(Column("x", "more", "", "estimate"))
    rows = [[f"r{k}", cell, Quantity(7.5)] for k, cell in enumerate(cells)]
    return Table("title", "a setting", columns, rows)


@SEEN
@pytest.mark.parametrize("rows", [0, 100])  # a table that floats, and one that breaks over pages
@pytest.mark.parametrize("group", ["", "a heading of both that is far wider than they are"])
@pytest.mark.parametrize("interval", ["pm", "range"])
def test_words_end_where_figures_do(tmp_path, interval, group, rows):
    cells = [Quantity(1.34, 1.32, 1.36, "symmetric"), "unsupported", None, *["unsupported"] * rows]
    text = latex.render([two_columns(cells, group)], Style(True, siunitx=True, interval=interval))
    ends = {word: right for word, _, right, _ in wrote(tmp_path, text)}
    last = "±0.02" if interval == "pm" else "1.360]"
    right = next(end for word, end in ends.items() if word.endswith(last[-4:]))
    for word in ("unsupported", "–", WIDER, "ms"):
        assert ends[word] == pytest.approx(right, abs=0.5), word


@SEEN
def test_words_end_where_figures_without_an_interval_do(tmp_path):
    text = latex.render([two_columns([Quantity(1.25), "failed"])], Style(True, siunitx=True))
    ends = {word: right for word, _, right, _ in wrote(tmp_path, text)}
    assert ends["failed"] == pytest.approx(ends["1.2"], abs=0.5)


@SEEN
@pytest.mark.parametrize("symmetric", [True, False])
def test_figures_of_all_kinds_have_their_points_below_each_other(tmp_path, symmetric):
    cells = [
        Quantity(3.25, 1.0, 6.0, "estimate"),  # too wide for ±
        Quantity(4.25, form="estimate"),  # rough
        Quantity(0.001, least=0.51),
        *[Quantity(5.34, 5.32, 5.36, "symmetric")] * symmetric,
    ]
    text = latex.render([two_columns([*cells, "unsupported"])], Style(True, siunitx=True))
    words = wrote(tmp_path, text)
    starts = {word: left for word, left, _, _ in words}
    room = starts["3.2"]
    sign = 7.75  # points of ~ and <
    for word, before in (("∼4.2", sign), ("<0.51", sign), *[("5.34", 0.0)] * symmetric):
        found = next(left for own, left in starts.items() if own.startswith(word))
        assert found + before == pytest.approx(room, abs=0.5), word
    ends = {word: right for word, _, right, _ in words}
    assert ends[WIDER] == pytest.approx(ends["6.0]"], abs=0.5)
    assert ends["unsupported"] == pytest.approx(ends["6.0]"], abs=0.5)


@SEEN
def test_ranges_without_an_end_and_below_zero_are_aligned_too(tmp_path):
    cells = [
        Quantity(1.5, None, 2.0, "power", least=0.01),
        Quantity(-1.5, -2.5, None, "power", most=3.0, least=-9.0),
        Quantity(0.25),
    ]
    text = latex.render([two_columns(cells)] * 2, Style(True, siunitx=True))
    found = [right for word, _, right, _ in wrote(tmp_path, text) if word in ("1.50", "−1.50")]
    assert len(found) == 4
    assert max(found) - min(found) < 0.5


@SEEN
def test_a_heading_ends_where_a_bold_range_in_small_letters_does(tmp_path):
    light, heavy = (Quantity(2.34, 2.32, 2.36, "symmetric", best=best) for best in (False, True))
    cells = [light, *[heavy, None] * 40]
    table = two_columns(cells)
    columns = [*table.columns, *(Column(f"c{k}", "more") for k in range(5))]
    wide = replace(table, columns=columns, rows=[[*row, *["w" * 14] * 5] for row in table.rows])
    text = latex.render([wide], Style(True, siunitx=True, interval="range"))
    ends = {word: right for word, _, right, _ in wrote(tmp_path, text)}
    assert ends[WIDER] == pytest.approx(ends["ms"], abs=0.3)


@SEEN
@pytest.mark.parametrize("interval", ["pm", "range"])
def test_the_best_has_its_point_where_others_have_theirs(tmp_path, interval):
    cells = [
        Quantity(1.34, 1.32, 1.36, "symmetric", best=True),
        Quantity(2.34, 2.12, 2.56, "symmetric"),
        Quantity(3, digits=1, form="exact", best=True),
    ]
    text = latex.render([two_columns(cells)], Style(True, siunitx=True, interval=interval))
    starts = [
        next(left for word, left, _, _ in found if word.startswith(digit))
        for found in [wrote(tmp_path, text)]
        for digit in ("1.3", "2.3", "3")
    ]
    assert max(starts) - min(starts) < 0.5


@SEEN
@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize("siunitx", [False, True])
def test_all_parts_of_a_table_have_letters_of_one_size(tmp_path, rows, siunitx):
    names = ["n" * 20, *["w" * 22, "i" * 22] * 3, "i" * 9]  # of many letters, wide and narrow
    columns = [Column(f"c{k}", name) for k, name in enumerate(names)]
    table = Table("title", "", columns, [["here", *[Quantity(1.25)] * 7]] * rows)
    text = latex.render([table], Style(True, siunitx))
    found = {height for word, _, _, height in wrote(tmp_path, text) if word == "here"}
    assert text.count("toprule") > 1
    assert max(found) - min(found) < 0.01


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no pdflatex")
@pytest.mark.parametrize("interval", ["pm", "range"])
def test_no_line_of_a_long_table_is_too_wide_even_at_first(tmp_path, interval):
    cells = [*[Quantity(1.34, 1.32, 1.36, "symmetric"), "unsupported"] * 40, Quantity(3.25)]
    table = two_columns(cells, "a heading of both that is far wider than they are")
    wide = replace(
        table,
        columns=[*table.columns, *table.columns[1:] * 2],
        rows=[[*row, *row[1:] * 2] for row in table.rows],
    )
    said = printed(tmp_path, latex.render([wide], Style(True, True, interval)))
    assert "Overfull" not in said


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no pdflatex")
def test_no_part_of_one_row_is_too_wide_at_first(tmp_path):
    figure = Quantity(1.34, 1.32, 1.36, "symmetric")
    group = "as wide as all that stands below it " * 5
    columns = [Column(f"c{k}", "wide", "ms", "estimate", group=group) for k in range(90)]
    table = Table("wide", "", [Column("row", ""), *columns], [["a", *[figure] * 90]])
    text = latex.render([table], Style(True, siunitx=True, interval="range"))
    assert text.count(r"\begin{longtable}") > 1
    assert "Overfull" not in printed(tmp_path, text)


def test_few_rows_of_a_part_stay_on_one_page():
    table = replace(wide_table(200), rows=[["a", *[Quantity(1.25)] * 200]] * 3)
    bodies = latex.render([table]).split(r"\endfoot")[1:]
    assert len(bodies) > 1
    for body in bodies:
        lines = body.partition(r"\end{longtable}")[0].split("\n")[1:-1]
        assert [each.endswith(r"\\*") for each in lines] == [True, True, False]
    assert r"\\*" not in latex.render([long_table(120)])


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no pdflatex")
def test_tables_without_a_document_are_put_into_one(tmp_path):
    (tmp_path / "tables.tex").write_text(latex.render([FIGURES], Style(siunitx=True)))
    printed(
        tmp_path,
        r"\documentclass{article}\usepackage{booktabs, graphicx, siunitx}\begin{document}"
        r"\input{tables}\end{document}",
    )
