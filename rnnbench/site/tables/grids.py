"""Tables of the model in HTML: a cell that has a figure is sorted by it.

Written here and not in a template, as a site may have thousands of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.text import plain

if TYPE_CHECKING:
    from markupsafe import Markup


#: Letters of a text from which on it is broken into lines.
LONG = 40


def grid(table: Table, label: str, state: bool = False) -> Markup:
    """Return a table that the page's script makes sortable.

    Args:
        table: the table.
        label: its name, for those who can't see it.
        state: whether what is sorted and filtered stands in the address of the page.
    """
    from markupsafe import Markup

    heads = "".join(map(head, table.columns))
    figures = [is_number(column) for column in table.columns]
    rows = "".join(row(figures, cells) for cells in table.rows)
    return Markup(
        f'<div class="grid"{" data-state" * state}>\n'
        f'<div class="scroll" role="region" aria-label="{text(label)}" tabindex="0">\n'
        f"<table>\n<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
        "</div>\n</div>\n"
    )


def notes(lines: Sequence[str]) -> Markup:
    """Return a list of what stands below a table, nothing where there is nothing."""
    from markupsafe import Markup, escape

    found = "".join(f"<li>{escape(plain(line))}</li>\n" for line in lines)
    return Markup(f'<ul class="notes">\n{found}</ul>\n' if found else "")


@cache
def head(column: Column) -> str:
    """Return the head of a column, its unit below its name."""
    name, unit = heading_of(column)
    side = ' class="number"' if is_number(column) else ""
    small = f" <small>{text(unit)}</small>" if unit else ""
    return (
        f'<th scope="col" data-key="{text(column.key)}"{side}>{text(name) or "row"}{small}</th>\n'
    )


def row(figures: Sequence[bool], cells: Sequence[Cell]) -> str:
    """Return a row, which its first cell names."""
    first, *others = cells
    written = "".join(map(data, figures[1:], others))
    return f'<tr><th scope="row">{text(cell_text(first))}</th>{written}</tr>\n'


def data(is_figure: bool, cell: Cell) -> str:
    """Return a cell, in a column of figures with the one that it is sorted by."""
    if isinstance(cell, Quantity) and cell.value is not None:
        best = " best" if cell.best else ""
        words = escape(cell_text(cell))  # of ours, and so plain
        return f'<td class="number{best}" data-value="{cell.value:.9g}">{words}</td>'
    words = text(cell_text(cell))
    if is_figure:
        return f'<td class="number" data-value="">{words}</td>'
    return f'<td class="wrap">{words}</td>' if len(words) > LONG else f"<td>{words}</td>"


def text(words: str) -> str:
    """Return a text as HTML shows it, what can't be seen in it as escapes."""
    return escape(plain(words))


def is_number(column: Column) -> bool:
    """Return whether a column has figures."""
    return column.kind in ("count", "figure", "estimate")
