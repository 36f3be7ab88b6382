"""Tables as Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial

from rnnbench.report.console import shown
from rnnbench.report.deferred import drawn_each
from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.tables import Cell, Quantity, Table

#: What GitHub-flavoured Markdown interprets, in a text that may be a cell or begin a line: what
#: ends a cell, or begins or ends emphasis, code, a tag, an entity, a strikethrough or a heading;
#: the target or the definition of a link; a footnote, a task box; an underscore that is not within
#: a word; bare addresses; at the beginning, what makes a list, a rule, a table or code. The rest
#: stays: brackets of an interval, colons between words, the tilde of ``~1.2``, which nothing ends.
MARKUP = (
    r"[|*`<>&\\]|(?<!\A)~|~(?!\d)|\](?=[(\[:])|\[(?=[\^\[!xX \]])"
    r"|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\."
    r"|^[-+](?=\s|$)|^[-=:](?=[-=: ]*$)|^\d(?=\d{0,8}[.)](?:\s|$))|^ | $"
)
#: What GitHub looks for in the text of the finished page, where an entity is a character again:
#: names of people and e-mail addresses, issues, formulas, emoji.
AFTERWARDS = r"[@#$]|(?<=GH)-(?=\d)|:(?=[\w+-]+:)"
ALIVE = re.compile(f"(?P<afterwards>{AFTERWARDS})|{MARKUP}", re.IGNORECASE)
#: Nothing to see, and the end of a piece of text.
END = "<!-- -->"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line.

    What is interpreted when the page is finished is followed by a comment, which parts it from the
    rest: an entity alone would not keep GitHub from telling people that they have been named.
    """
    return ALIVE.sub(inert, shown(text))


def inert(found: re.Match[str]) -> str:
    """Return a character as an entity, parted from what follows if it could be found afterwards."""
    return f"&#{ord(found[0])};{END if found['afterwards'] else ''}"


def render(heading: str, tables: Sequence[Table]) -> str:
    """Return the heading of a run and its tables one below the other.

    How they were made is said in the heading.
    """
    below_heading = partial(render_table, says_origin=False)
    return "\n".join([f"{escaped(heading)}\n", *drawn_each(below_heading, tables)])


def render_table(table: Table, says_origin: bool = True) -> str:
    """Return one table: its title in bold, its table, its notes and how it was made."""
    header = [", ".join(filter(None, heading_of(column))) for column in table.columns]
    lines = [
        " · ".join(filter(None, (f"**{escaped(table.title)}**", escaped(table.setting)))),
        "",
        line(header),
        f"| {' | '.join('---' if c.kind == 'text' else '---:' for c in table.columns)} |",
        *[line(row) for row in table.rows],
        "",
        *[f"{escaped(note)}  " for note in (*table.notes, *(origin(table) if says_origin else ()))],
        "",
    ]
    return "\n".join(lines)


def origin(table: Table) -> list[str]:
    """Return how a table was made, a line for each of its runs and how to repeat it."""
    return [line for one in table.made for line in one.lines]


def drawn(cell: Cell) -> str:
    """Return what stands in a cell, in bold if it is the best of its block."""
    text = escaped(cell_text(cell))
    return f"**{text}**" if isinstance(cell, Quantity) and cell.best else text


def line(cells: Iterable[Cell]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(map(drawn, cells))} |"
