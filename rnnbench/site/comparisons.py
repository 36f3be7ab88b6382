"""The comparisons that are published, each with its rows in all runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.pictures.panel import Comparison
from rnnbench.report.pictures.style import COLOURS
from rnnbench.report.publish import blocks
from rnnbench.report.publish.blocks import Block
from rnnbench.report.publish.names import shortest
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import Source
from rnnbench.report.run_origin import Made
from rnnbench.report.tables import Table


@dataclass(frozen=True)
class Entry:
    """A comparison as it is published.

    Attributes:
        page: the name of its page: its key, with a number where it was run on other data, too.
        blocks: its rows in each run.
        wanted: which columns its table has, in which order the rows.
        beside: the names of rows of other comparisons, if all may have colours of their own.
    """

    page: str
    blocks: Sequence[Block]
    wanted: Selection
    beside: Sequence[str] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its rows in all runs, and of those beside it: a row has one colour.

        None if these are more than there are colours: then those of a run have different ones.
        """
        own = {str(one.row) for _, results in self.blocks for one in results}
        names = sorted({*own, *self.beside})
        return tuple(names) if len(names) <= len(COLOURS) else ()

    @property
    def first(self) -> RowResult:
        """One of its rows, for what they share."""
        return self.blocks[0][1][0]

    @cached_property
    def newest(self) -> list[Block]:
        """The newest run of each row on each machine; where that is one run, the machine is named.

        A run is left out where newer ones on its machine have all of its rows.
        """
        seen: set[tuple[str, str]] = set()
        found: list[Block] = []
        for source, results in sorted(self.blocks, key=began, reverse=True):
            own = {(source.made.place, str(one.row)) for one in results}
            if not own <= seen:
                found.insert(0, (source, results))
                seen |= own
        labels = labels_of([source.made for source, _ in found])
        blocks: list[Block] = [
            (replace(source, label=name), results)
            for name, (source, results) in zip(labels, found, strict=True)
        ]
        return self.wanted.blocks_in_order(blocks)

    @cached_property
    def table(self) -> Table:
        """Its rows in the newest runs on each machine."""
        return blocks.table(self.newest, self.wanted.columns)


def began(block: Block) -> str:
    """Return when the run of a block began."""
    return block[0].made.started


def labels_of(runs: Sequence[Made]) -> Iterator[str]:
    """Yield what tells runs apart: their machines, and the run where a machine has several."""
    places = Counter(one.place for one in runs)
    names = shortest({number: one.names for number, one in enumerate(runs)})
    for number, one in enumerate(runs):
        machine = [one.place] * (len(places) > 1)
        yield " · ".join([*machine, *[names[number]] * (places[one.place] > 1)])


def drawn(entry: Entry, chosen: Sequence[Block]) -> list[tuple[Source, Comparison]]:
    """Return what the pictures of some runs of a comparison are drawn from."""
    return [
        (
            source,
            Comparison(results, source.trainings.get(results[0].comparison, {}), entry.names),
        )
        for source, results in chosen
    ]


def entries(sources: Sequence[Source], wanted: Selection) -> list[Entry]:
    """Return the comparisons of some runs, in the order of their plans.

    Args:
        sources: the runs, told apart.
        wanted: which columns, in which order the rows.
    """
    numbers: dict[str, int] = {}
    found = []
    names = sorted({str(one.row) for source in sources for one in source.results})
    beside = names if len(names) <= len(COLOURS) else ()
    for own in blocks.grouped(sources, wanted):
        key = own[0][1][0].comparison
        number = numbers[key] = numbers.get(key, 0) + 1
        page = key if number == 1 else f"{key}-{number}"
        found.append(Entry(page, own, wanted, beside))
    return found
