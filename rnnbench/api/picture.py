"""A picture that shows itself, and is written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rnnbench.errors import UsageError

if TYPE_CHECKING:
    from rnnbench.report.pictures import KindName
    from rnnbench.report.pictures.panel import Panel
    from rnnbench.report.pictures.style import Theme

#: The files that are drawn, by the end of their name.
FORMS: dict[str, Literal["svg", "png", "html"]] = {".svg": "svg", ".png": "png", ".html": "html"}


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture: a panel per comparison below a heading. A notebook shows it.

    Attributes:
        kind: what it shows, as ``time``.
        panels: what is drawn.
        heading: lines above it.
        theme: its colours; ``light`` if None.
    """

    kind: KindName
    panels: Sequence[Panel]
    heading: list[str]
    theme: Theme | None = None

    def __repr__(self) -> str:
        return f"<{' · '.join(self.heading)}>"

    def _repr_svg_(self) -> str:
        return self.data("svg").decode()

    def data(self, form: Literal["svg", "png", "html"] = "svg") -> bytes:
        """Return it as the bytes of a file.

        Args:
            form: of the file; a page, whose pictures tell figures below the pointer, is ``html``.

        Raises:
            UsageError: if what draws is not installed, or a page is to have a theme.
        """
        from rnnbench.report.pictures import drawing

        if form != "html":
            return drawing.draw(self.panels, self.heading, form, self.theme or "light")
        if self.theme:
            raise UsageError("--theme is for .svg and .png: a page is as light as its reader's")
        from rnnbench.site import single_page

        return single_page.of_panels(self.panels, self.heading)

    def save(self, output: Path | str) -> Path:
        """Write it to a file, and return its path; an earlier picture is written over.

        Args:
            output: the path; its name ends in ``.svg``, ``.png`` or ``.html``.

        Raises:
            UsageError: if it ends otherwise, is something else already, or can't be written.
        """
        from rnnbench.report.output_files import has_mark, write

        path = Path(output)
        form = FORMS.get(path.suffix.lower())
        if form is None:
            raise UsageError(f"--output {path}: its name ends in .svg, .png or .html")
        write(path, self.data(form), "picture", has_mark)
        return path
