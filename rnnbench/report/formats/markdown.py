"""Blocks as Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rnnbench.report.tables import Block
from rnnbench.text import plain

#: What ends a cell, or begins emphasis, code, a tag, an entity, a heading, or the target of a link.
#: The brackets of an interval stay as they are: only a ``]`` before a target makes a link.
MARKUP = re.compile(r"[|*`<>&#\\]|\](?=[(\[:])")


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", plain(text))


def render(heading: str, blocks: Iterable[Block]) -> str:
    """Return the heading of a run and its blocks one below the other."""
    return "\n".join([f"{escaped(heading)}\n", *map(render_block, blocks)])


def render_block(block: Block) -> str:
    """Return one block: its title in bold, its table, its notes."""
    header = [", ".join(filter(None, column)) for column in block.header]
    lines = [
        f"**{escaped(block.title)}** · {escaped(block.setting)}",
        "",
        line(header),
        line(["---", *["---:"] * (len(header) - 1)]),
        *map(line, block.rows),
        "",
        *[f"{escaped(note)}  " for note in block.notes],
        "",
    ]
    return "\n".join(lines)


def line(cells: Sequence[str]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(map(escaped, cells))} |"
