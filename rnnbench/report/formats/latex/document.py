"""Tables of LaTeX, alone or in a document: those of a page float, longer ones break over pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rnnbench.report.formats.latex.columns import Layout, header, layout, line
from rnnbench.report.formats.latex.style import PLAIN, Style
from rnnbench.report.formats.latex.text import escaped
from rnnbench.report.formats.plain_columns import by_column
from rnnbench.report.tables import Table

#: The beginning of every file.
MARK = "% Tables of rnnbench"
#: Rows that fit on a page, with what stands around them.
MOST_ROWS = 40
#: What of a cell are no letters, and how many cells of a column may be the widest.
UNPRINTED = re.compile(r"\\[A-Za-z]+ ?|[{}$\\]")
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
    has_long = any(map(is_long, tables))
    packages = ["booktabs", "graphicx", *["longtable"] * has_long, *["siunitx"] * style.siunitx]
    body = [line for number, table in enumerate(tables) for line in drawn(table, number, style)]
    if not style.standalone:
        return "\n".join([MARK, f"% They need \\usepackage{{{', '.join(packages)}}}.", *body, ""])
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
            "",
        ]
    )


def is_long(table: Table) -> bool:
    """Return whether a table has more rows than a page."""
    return len(table.rows) > MOST_ROWS


def drawn(table: Table, number: int, style: Style) -> Iterator[str]:
    """Yield the lines of one table; one that is wider than the page is made smaller."""
    columns = [layout(*each, style) for each in by_column(table)]
    label = style.label and f"\\label{{{style.label}{f'-{number + 1}' if number else ''}}}"
    yield from (breaking if is_long(table) else floating)(table, columns, label or "")
    if style.standalone:
        yield r"\clearpage"


def floating(table: Table, columns: Sequence[Layout], label: str) -> Iterator[str]:
    """Yield the lines of a table that floats, all of it on one page."""
    yield r"\begin{table}[htbp]"
    yield r"\centering"
    yield caption(table) + label
    yield r"\par\smallskip"
    yield r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"
    yield f"\\begin{{tabular}}{{{specification(columns)}}}"
    yield r"\toprule"
    yield from header(columns)
    yield r"\midrule"
    yield from rows(columns)
    yield r"\bottomrule"
    yield r"\end{tabular}}"
    yield from below(table)
    yield r"\end{table}"


def breaking(table: Table, columns: Sequence[Layout], label: str) -> Iterator[str]:
    """Yield the lines of a table that breaks over pages, its head again on each of them.

    A box can't break, so the font is made smaller and not the table: by as much as a line of the
    widest cells needs.
    """
    yield r"\begingroup\tabcolsep=.5em"
    yield f"\\def\\widest{{\\begin{{tabular}}{{{specification(columns)}}}"
    yield from header(columns)
    yield from map(line, zip(*(widest(each.cells) for each in columns), strict=True))
    yield r"\end{tabular}}"
    yield FITTING
    yield f"\\begin{{longtable}}{{{specification(columns)}}}"
    yield caption(table) + label + r"\\"
    yield r"\toprule"
    yield from header(columns)
    yield r"\midrule\endfirsthead"
    yield r"\toprule"
    yield from header(columns)
    yield r"\midrule\endhead"
    yield r"\bottomrule\endfoot"
    yield from rows(columns)
    yield r"\end{longtable}"
    yield r"\endgroup"
    yield from below(table)
    yield r"\par"


def widest(cells: Sequence[str]) -> list[str]:
    """Return some cells that are printed in most letters; which is the widest, LaTeX knows."""
    return sorted(cells, key=lambda cell: len(UNPRINTED.sub("", cell)), reverse=True)[:CANDIDATES]


def caption(table: Table) -> str:
    """Return the caption: what the table shows, and what holds for all of it."""
    return f"\\caption{{{escaped(': '.join(filter(None, (table.title, table.setting))))}}}"


def specification(columns: Sequence[Layout]) -> str:
    """Return how the columns are aligned."""
    return "".join(each.spec for each in columns)


def rows(columns: Sequence[Layout]) -> Iterator[str]:
    """Yield the lines of the rows."""
    yield from (line(row) for row in zip(*(each.cells for each in columns), strict=True))


def below(table: Table) -> Iterator[str]:
    """Yield what stands below a table: its notes, and how it was made."""
    notes = [*table.notes, *(line for one in table.made for line in one.lines)]
    if notes:
        yield r"\par\smallskip\noindent"
        yield r"\begin{minipage}{\linewidth}\footnotesize\raggedright"
        yield "\\\\\n".join(map(escaped, notes))
        yield r"\end{minipage}"
