"""Tables as Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.tables import Table
from rnnbench.text import plain

#: What ends a cell, or begins emphasis, code, a tag, an entity, a heading, or the target of a link.
#: The brackets of an interval stay as they are: only a ``]`` before a target makes a link.
MARKUP = re.compile(r"[|*`<>&#\\]|\](?=[(\[:])")


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", plain(text))


def render(heading: str, tables: Iterable[Table]) -> str:
    """Return the heading of a run and its tables one below the other."""
    return "\n".join([f"{escaped(heading)}\n", *map(render_table, tables)])


def render_table(table: Table) -> str:
    """Return one table: its title in bold, its table, its notes."""
    header = [", ".join(filter(None, heading_of(column))) for column in table.header]
    lines = [
        f"**{escaped(table.title)}** · {escaped(table.setting)}",
        "",
        line(header),
        line(["---", *["---:"] * (len(header) - 1)]),
        *[line(map(cell_text, row)) for row in table.rows],
        "",
        *[f"{escaped(note)}  " for note in table.notes],
        "",
    ]
    return "\n".join(lines)


def line(cells: Iterable[str]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(map(escaped, cells))} |"
