"""Tables of LaTeX, alone or in a document: those of a page float, longer ones break over pages.

One that is too wide to be read stands in parts below each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rnnbench.report.formats.latex.columns import ALIGNED, OVER, Layout, header, layout, line
from rnnbench.report.formats.latex.parts import Part, parts, size
from rnnbench.report.formats.latex.style import PLAIN, Style
from rnnbench.report.formats.latex.text import escaped
from rnnbench.report.formats.latex.widths import printed
from rnnbench.report.formats.plain_columns import by_column
from rnnbench.report.output_files import LAST
from rnnbench.report.tables import Table
from rnnbench.system.halves import in_halves

#: The beginning of every file.
MARK = "% Tables of rnnbench"
#: And its end.
END = f"% {LAST}"
#: Lines that fit on a page, and those of the head of each part.
MOST_LINES, HEAD = 55, 4
#: Rows of a part that stay on one page.
TOGETHER = 10
#: Before a table that breaks: parts close to each other, and no warning of fractions of a point.
SETTING = (
    r"\begingroup\tabcolsep=.5em\LTcapwidth=\linewidth"
    r"\LTpre=\medskipamount\LTpost=\smallskipamount\hfuzz=.5pt"
)
#: How many cells of a column may be the widest.
CANDIDATES = 5
#: Makes the font of a long table so small that its widest line, ``\widest``, fits; again and again,
#: as letters of a small font are a little wider than those of a large one made smaller.
FITTING = (
    r"\def\fitting{\sbox0{\widest}\dimen0=.98\linewidth\ifdim\wd0>\dimen0"
    r"\fontsize{\dimexpr\csname f@size\endcsname pt*\dimen0/\wd0\relax}"
    r"{\dimexpr\baselineskip*\dimen0/\wd0\relax}\selectfont\tabcolsep=.5em\fi}"
    r"\fitting\fitting\fitting\fitting"
)


def render(tables: Sequence[Table], style: Style = PLAIN, title: str | None = None) -> str:
    """Return tables, or a document of them with a title."""
    found = in_halves(partial(texts, tables, style), range(len(tables)), list[tuple[str, bool]])
    has_long = any(is_long for _, is_long in found)
    packages = ["booktabs", "graphicx", *["longtable"] * has_long, *["siunitx"] * style.siunitx]
    body = [*[OVER] * style.siunitx, *(text for text, _ in found)]
    if not style.standalone:
        return "\n".join(
            [MARK, f"% They need \\usepackage{{{', '.join(packages)}}}.", *body, END, ""]
        )
    heading = [] if title is None else [f"\\section*{{{escaped(title)}}}"]
    return "\n".join(
        [
            MARK,
            r"\documentclass{article}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{lmodern}",
            r"\usepackage[a4paper, margin=2cm]{geometry}",
            *(f"\\usepackage{{{package}}}" for package in packages),
            r"\pagestyle{empty}",
            r"\begin{document}",
            *heading,
            *body,
            r"\end{document}",
            END,
            "",
        ]
    )


def texts(tables: Sequence[Table], style: Style, numbers: Sequence[int]) -> list[tuple[str, bool]]:
    """Return tables of these numbers as texts, and whether each is a long one."""
    made = []
    for number in numbers:
        table = tables[number]
        found = parts([layout(*each, style) for each in by_column(table)], style)
        text = "\n".join(drawn(table, found, number, style))
        made.append((text, is_long(table, found)))
    return made


def is_long(table: Table, found: Sequence[Part]) -> bool:
    """Return whether a table has more lines than a page: of its parts and of what stands below."""
    return (len(table.rows) + HEAD) * len(found) + len(below_it(table)) > MOST_LINES


def drawn(table: Table, found: Sequence[Part], number: int, style: Style) -> Iterator[str]:
    """Yield the lines of one table.

    Args:
        table: the table.
        found: its parts.
        number: of the tables before it.
        style: how it is written.
    """
    label = f"\\label{{{style.label}{f'-{number + 1}' if number else ''}}}" if style.label else ""
    if is_long(table, found):
        yield from breaking(table, found, label, style)
    else:
        yield from floating(table, found, label, style)
    if style.standalone:
        yield r"\clearpage"


def floating(table: Table, found: Sequence[Part], label: str, style: Style) -> Iterator[str]:
    """Yield the lines of a table that floats, all of it on one page.

    Its parts are one box, made smaller where the widest of them is wider than a line even in the
    letters that should fit: so all have letters of one size.
    """
    yield r"\begin{table}[htbp]"
    yield r"\centering"
    yield from [ALIGNED] * style.siunitx
    yield caption(table) + label
    yield r"\par\smallskip"
    yield f"{{{size(found, style)}"
    yield r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{\shortstack{%"
    for part in found:
        if part is not found[0]:
            yield r"\\[\medskipamount]"
        yield from tabular(part)
    yield "}}}"
    yield from below(table)
    yield r"\end{table}"


def tabular(columns: Part) -> Iterator[str]:
    """Yield a part of a table that floats."""
    yield f"\\begin{{tabular}}{{{specification(columns)}}}"
    yield r"\toprule"
    yield from header(columns)
    yield r"\midrule"
    yield from rows(columns)
    yield r"\bottomrule"
    yield r"\end{tabular}"


def breaking(table: Table, found: Sequence[Part], label: str, style: Style) -> Iterator[str]:
    """Yield the lines of a table that breaks over pages, its head again on each of them.

    A box can't break, so the font is made smaller and not the table: by as much as the widest line
    of all its parts needs, which so have letters of one size.
    """
    yield SETTING
    yield from [ALIGNED] * style.siunitx
    yield r"\def\widest{\vbox{%"
    for part in found:
        yield from widest_lines(part)
    yield "}}"
    yield FITTING
    for part in found:
        yield from longtable(part, caption(table) + label + r"\\" if part is found[0] else "")
    yield r"\endgroup"
    yield r"\par\smallskip\noindent"
    yield r"{\footnotesize\raggedright"
    yield "\\\\\n".join(map(escaped, below_it(table))) + r"\par}"
    yield r"\par"


def widest_lines(columns: Part) -> Iterator[str]:
    """Yield the head of a part and its widest cells, to see how wide it is."""
    yield f"\\hbox{{\\begin{{tabular}}{{{specification(columns)}}}"
    yield from header(columns)
    yield from map(line, zip(*(widest(each.cells) for each in columns), strict=True))
    yield r"\end{tabular}}"


def longtable(columns: Part, heading: str) -> Iterator[str]:
    """Yield a part of a table that breaks over pages."""
    yield f"\\begin{{longtable}}{{{specification(columns)}}}"
    yield from filter(None, [heading])
    yield r"\toprule"
    yield from header(columns)
    yield r"\midrule\endfirsthead"
    yield r"\toprule"
    yield from header(columns)
    yield r"\midrule\endhead"
    yield r"\bottomrule\endfoot"
    yield from kept(list(rows(columns)))
    yield r"\end{longtable}"


def kept(lines: Sequence[str]) -> Iterator[str]:
    """Yield the rows of a part; where these are few, no page ends between them."""
    star = "*" if len(lines) <= TOGETHER else ""
    yield from (f"{each}{star}" for each in lines[:-1])
    yield from lines[-1:]


def widest(cells: Sequence[str]) -> list[str]:
    """Return some cells that are printed in most letters; which is the widest, LaTeX knows."""
    return sorted(cells, key=printed, reverse=True)[:CANDIDATES]


def caption(table: Table) -> str:
    """Return the caption: what the table shows, and what holds for all of it."""
    return f"\\caption{{{escaped(': '.join(filter(None, (table.title, table.setting))))}}}"


def specification(columns: Sequence[Layout]) -> str:
    """Return how the columns are aligned."""
    return "".join(each.spec for each in columns)


def rows(columns: Sequence[Layout]) -> Iterator[str]:
    """Yield the lines of the rows."""
    yield from (line(row) for row in zip(*(each.cells for each in columns), strict=True))


def below_it(table: Table) -> list[str]:
    """Return what stands below a table: its notes, and how it was made."""
    return [*table.notes, *(line for one in table.made for line in one.lines)]


def below(table: Table) -> Iterator[str]:
    """Yield what stands below a table that floats."""
    notes = below_it(table)
    if notes:
        yield r"\par\smallskip\noindent"
        yield r"\begin{minipage}{\linewidth}\footnotesize\raggedright"
        yield "\\\\\n".join(map(escaped, notes))
        yield r"\end{minipage}"
