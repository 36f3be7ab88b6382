"""Tables that are wider than a page as several of them, below each other, in letters of one size.

How wide a text is, only LaTeX knows. Here it is told by the number of its letters, each half as
wide as the letters are high: enough to choose a size, and where to break.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import compress, groupby, takewhile
from operator import attrgetter

from rnnbench.report.formats.latex.columns import GAP, Layout
from rnnbench.report.formats.latex.style import Style
from rnnbench.report.formats.latex.widths import longest

#: Points of a line of text: of our own document, and of an article of others.
OWN_LINE, LINE = 483.0, 345.0
#: The sizes of letters in points; below the last of them nobody reads.
SIZES = {r"\normalsize": 10.0, r"\small": 9.0, r"\footnotesize": 8.0, r"\scriptsize": 7.0}
#: Points of a letter per point of its size.
WIDE = 0.5

#: Columns of one tabular; the first names the rows.
Part = Sequence[Layout]


def parts(columns: Sequence[Layout], style: Style) -> list[Part]:
    """Return the columns of a table in as many parts as it takes to be read, about alike in width.

    Each begins with what tells the rows apart. Columns below one heading stay together where they
    fit.
    """
    whole = room(style, min(SIZES.values()))
    if letters(columns) <= whole:
        return [columns]
    count = naming(columns)
    names, others = columns[:count], columns[count:]
    most = whole - letters(names)
    found = broken(others, most)
    least = math.ceil(sum(letters(part) for part in found) / max(1, len(found)))
    for narrow in range(least, most):
        if len(alike := broken(others, narrow)) == len(found):
            found = alike
            break
    return [filled(names, part) for part in found] if len(found) > 1 else [columns]


def naming(columns: Part) -> int:
    """Return how many columns tell the rows apart: the first, or with the texts that follow it."""
    texts = takewhile(lambda each: each.side == "l", columns)
    for count, _ in enumerate(texts, 1):
        rows = list(zip(*(each.cells for each in columns[:count]), strict=True))
        if len(set(rows)) == len(rows):
            return count
    return 1


def filled(names: Part, part: Part) -> Part:
    """Return a part behind the names of its rows, without those of which it knows nothing."""
    known = [any(own) for own in zip(*(column.known for column in part), strict=True)]
    return [replace(each, cells=list(compress(each.cells, known))) for each in (*names, *part)]


def broken(columns: Sequence[Layout], most: int) -> list[list[Layout]]:
    """Return columns in parts of at most so many letters, but for a column that has more."""
    found: list[list[Layout]] = []
    for unit in units(columns, most):
        if found and letters([*found[-1], *unit]) <= most:
            found[-1].extend(unit)
        else:
            found.append(list(unit))
    return found


def units(columns: Sequence[Layout], most: int) -> Iterator[Sequence[Layout]]:
    """Yield what should not be torn apart: the columns below one heading, if they fit."""
    for group, own in groupby(columns, key=attrgetter("group")):
        whole = list(own)
        if group and letters(whole) <= most:
            yield whole
        else:
            yield from ([each] for each in whole)


def size(found: Sequence[Part], style: Style) -> str:
    """Return the largest size of letters in which the widest part fits into a line."""
    widest = max(map(letters, found))
    fitting = (name for name, points in SIZES.items() if widest <= room(style, points))
    return next(fitting, list(SIZES)[-1])


def room(style: Style, points: float) -> int:
    """Return how many letters of a size fit into a line."""
    return int((OWN_LINE if style.standalone else LINE) / (WIDE * points))


def letters(columns: Part) -> int:
    """Return how wide columns are beside each other, in letters."""
    groups = groupby(columns, key=attrgetter("group"))
    return sum(max(longest(name) + GAP, sum(each.letters for each in own)) for name, own in groups)
