"""Pictures as files: SVG and PNG."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from textwrap import wrap
from typing import Literal

from rnnbench.errors import UsageError
from rnnbench.report.output_files import PNG_MARK, SVG_MARK
from rnnbench.report.pictures.panel import Panel, Spec
from rnnbench.report.pictures.style import Theme, config
from rnnbench.text import plain

#: The version of the grammar.
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VERSION = "6.4"
#: Panels side by side in a file, and the pixels of each.
COLUMNS, WIDTH = 3, 320
#: What a panel has of its own, and does not share with the others.
APART = ("color", "shape", "strokeDash", "strokeWidth", "fill")
#: Letters of a line of a note above a panel, and the lines of the longest one.
LONGEST, MOST_LINES = 72, 3
#: Pixels of a letter of them.
LETTER = 5
#: Pixels of a PNG per pixel of a picture.
PNG_SCALE = 2.0


def need_library() -> None:
    """Refuse to draw where the library is not installed.

    Raises:
        UsageError: saying how to install it.
    """
    try:
        import vl_convert  # noqa: F401 - to see whether it is there
    except ImportError:
        raise UsageError("pictures need an extra: pip install 'rnnbench[plot]'") from None


def draw(
    panels: Sequence[Panel], heading: Sequence[str], form: Literal["svg", "png"], theme: Theme
) -> bytes:
    """Return a file with all panels.

    Args:
        panels: at least one.
        heading: lines of text above them.
        form: of the file.
        theme: its colours.

    Raises:
        UsageError: if what draws is not installed.
    """
    need_library()
    import vl_convert

    description = sheet(panels, heading, theme)
    if form == "png":
        return marked_png(
            vl_convert.vegalite_to_png(
                description, vl_version=VERSION, scale=PNG_SCALE, allowed_base_urls=[]
            )
        )
    drawn = vl_convert.vegalite_to_svg(description, vl_version=VERSION, allowed_base_urls=[])
    return drawn.encode().replace(b">", b">" + SVG_MARK, 1)


def marked_png(drawn: bytes) -> bytes:
    """Return a PNG with the mark of ours, a text chunk behind its header."""
    end = len(b"\x89PNG\r\n\x1a\n") + 4 + len(b"IHDR") + 13 + 4
    length = (len(PNG_MARK) - len(b"tEXt")).to_bytes(4)
    return drawn[:end] + length + PNG_MARK + zlib.crc32(PNG_MARK).to_bytes(4) + drawn[end:]


def sheet(panels: Sequence[Panel], heading: Sequence[str], theme: Theme) -> Spec:
    """Return the description of a file: the panels side by side, below a heading."""
    columns = min(COLUMNS, len(panels))
    longest = columns * WIDTH // 6
    title, *others = (line for text in heading for line in broken(text, longest))
    return {
        "$schema": SCHEMA,
        "title": {"text": title, "subtitle": others, "fontSize": 15, "offset": 16},
        "concat": [one for beside in batched(panels, columns) for one in in_line(beside)],
        "columns": columns,
        "spacing": 36,
        "resolve": {"scale": dict.fromkeys(APART, "independent")},
        "padding": 16,
        "config": config(theme),
    }


def batched(panels: Sequence[Panel], columns: int) -> list[Sequence[Panel]]:
    """Return the panels that stand side by side, line by line."""
    return [panels[first : first + columns] for first in range(0, len(panels), columns)]


def in_line(beside: Sequence[Panel]) -> list[Spec]:
    """Return the descriptions of panels side by side, which begin at one height."""
    lines = max(len(below(panel)) for panel in beside)
    return [titled(panel, lines) for panel in beside]


def titled(panel: Panel, lines: int) -> Spec:
    """Return the description of one panel of a file, with its title.

    Args:
        panel: the panel.
        lines: of room below its title, so that panels side by side begin at one height.
    """
    own = below(panel)
    text = [*own, *[" "] * (lines - len(own))]
    title = {"text": plain(panel.title), "subtitle": text, "fontSize": 12, "subtitleFontSize": 10}
    return {**panel.description, "title": title, "width": WIDTH}


def below(panel: Panel) -> list[str]:
    """Return the lines below the title of a panel: its setting, no wider than it is, and notes."""
    notes = [line for note in panel.told for line in wrapped(note)]
    return [*broken(panel.setting, WIDTH // LETTER), *notes]


def wrapped(note: str) -> list[str]:
    """Return the lines of a note, of a very long one the first."""
    return wrap(
        plain(note),
        LONGEST,
        max_lines=MOST_LINES,
        placeholder=" ...",
        break_on_hyphens=False,
    )


def broken(text: str, longest: int) -> list[str]:
    """Return the lines of a text, broken at the dots and commas between its parts."""
    lines = [""]
    for part in re.split(r"(?<=[·,]) ", plain(text)):
        if lines[-1] and len(lines[-1]) + len(part) > longest:
            lines.append("")
        lines[-1] = f"{lines[-1]} {part}".strip()
    return lines
