"""Tables and pages that show themselves: in a notebook as HTML, elsewhere as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from rnnbench.report.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, repr=False)
class Tables:
    """Tables that show themselves.

    One of them is ``tables[0]``, and ``for table in tables`` goes through them. As a text,
    ``str(tables)``, they are Markdown.

    Attributes:
        tables: what is shown, as typed figures.
    """

    tables: Sequence[Table]

    def __len__(self) -> int:
        return len(self.tables)

    def __getitem__(self, number: int) -> Tables:
        return Tables([self.tables[number]])

    def __iter__(self) -> Iterator[Tables]:
        return (Tables([one]) for one in self.tables)

    def __repr__(self) -> str:
        """Return them as Markdown."""
        from rnnbench.report.formats import markdown

        return "\n".join(map(markdown.render_table, self.tables))

    def _repr_html_(self) -> str | None:
        """Return them with titles and notes; a notebook has a style of its own.

        None where what escapes texts is not installed (the extra ``plot``): then it is Markdown.
        """
        try:
            return "\n".join(map(as_html, self.tables))
        except ImportError:
            return None


def as_html(table: Table) -> str:
    """Return a table with its title, its notes and how it was made, the best in bold."""
    from rnnbench.site.tables.grids import grid, notes, text

    heading = f"<p><b>{text(table.title)}</b> · {text(table.setting)}</p>"
    drawn = str(grid(table, table.title)).replace(' best"', ' best" style="font-weight: bold"')
    made = [line for one in table.made for line in one.lines]
    return f"{heading}\n{drawn}{notes([*table.notes, *made])}"


def framed(page: bytes, title: str) -> str:
    """Return a page in a frame, in which nothing can reach the notebook."""
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{escape(page.decode())}" '
        f'title="{escape(title)}" style="width: 100%; height: 40rem; border: 0"></iframe>'
    )
