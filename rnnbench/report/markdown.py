"""Blocks as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rnnbench.report.blocks import Block


def render(heading: str, blocks: Iterable[Block]) -> str:
    """Return the heading of a run and its blocks one below the other."""
    return "\n".join([f"{heading}\n", *map(render_block, blocks)])


def render_block(block: Block) -> str:
    """Return one block: its title in bold, its table, its notes."""
    header = [", ".join(filter(None, column)) for column in block.header]
    lines = [
        f"**{block.title}** · {block.setting}",
        "",
        line(header),
        line(["---", *["---:"] * (len(header) - 1)]),
        *map(line, block.rows),
        "",
        *[f"{note}  " for note in block.notes],
        "",
    ]
    return "\n".join(lines)


def line(cells: Sequence[str]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
