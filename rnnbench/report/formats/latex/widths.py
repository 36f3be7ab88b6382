"""How wide texts are, in letters, and where long headings break."""

from __future__ import annotations

import re
from functools import lru_cache
from textwrap import wrap

from rnnbench.report.formats.latex.text import escaped

#: How a cell of several columns begins, or of another kind than those below it.
SPREAD = r"\\multicolumn\{\d+\}\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
#: What of a cell are no letters.
UNPRINTED = re.compile(rf"{SPREAD}|\\[A-Za-z]+ ?|[{{}}$\\]")
#: Letters of a heading beyond which it has several lines, unless what stands below is wider.
LONGEST = 24


def printed(cell: str) -> int:
    """Return how many letters are printed of a cell."""
    return len(UNPRINTED.sub("", cell))


@lru_cache  # many tables have the same
def lines_of(heading: str, most: int = LONGEST) -> list[str]:
    """Return the lines of a heading, of at most so many letters where words allow that."""
    return wrap(heading, most, break_long_words=False, break_on_hyphens=False) or [""]


def longest(heading: str) -> int:
    """Return how many letters its longest line has."""
    return max(map(len, lines_of(heading)))


def stacked(heading: str, most: int = LONGEST, side: str = "c") -> str:
    """Return a heading for LaTeX, a long one in lines above each other."""
    found = [escaped(one) for one in lines_of(heading, most)]
    above = r" \\ ".join(found)
    place = "" if side == "c" else f"[{side}]"
    return above if len(found) == 1 else f"\\shortstack{place}{{{above}}}"
