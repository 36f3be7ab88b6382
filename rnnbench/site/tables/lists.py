"""The long tables of a site, whose rows are data: all comparisons, and all rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rnnbench.analysis.row_result import RowResult
from rnnbench.report import numbers
from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.one_run import best, columns
from rnnbench.report.publish.sources import Source
from rnnbench.report.tables import Cell, Column, Quantity
from rnnbench.site.comparisons import Entry
from rnnbench.site.tables.grids import is_number
from rnnbench.text import many, plain

#: The figures of a row.
FIGURES = ("train_step_ms", "ratio", "forward_ms", "compile_s", "memory_added_mib", "of_peak")


def comparisons(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return all comparisons, a line for each run in their tables, with its fastest rows."""
    heads = [
        *(choice("task"), choice("model"), choice("place")),
        *(text("fastest"), number("train step", "ms"), text("sizes")),
        *(number("rows"), text("run"), choice("machine")),
    ]
    rows = [comparison(entry, *block) for entry in entries for block in entry.newest]
    return {"columns": heads, "link": "comparisons/*.html", "rows": rows}


def comparison(entry: Entry, source: Source, results: Sequence[RowResult]) -> list[Any]:
    """Return the line of a comparison in a run, the name of its page first."""
    first = results[0]
    fastest = min(results, key=columns.by_ratio)
    is_ranked = fastest.ratio is not None
    ties = [results[number] for number in best.fastest(results)] or [fastest]
    return [
        entry.page,
        *(plain(first.task), plain(first.model), plain(place(first))),
        plain(", ".join(str(one.row) for one in ties)) if is_ranked else "–",
        data_cell(columns.step(fastest) if is_ranked else None),
        plain(" · ".join([first.sizes, *[many(first.steps, "step")] * bool(first.steps)])),
        [f"{len(results)}", len(results)],
        *(plain(source.made.called), plain(source.made.place)),
    ]


def all_rows(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return all rows of all runs."""
    known = columns.drawn(entries[0].first, "fastest")
    heads = [
        *(choice("task"), choice("model"), choice("row")),
        *(head(known[key].column) for key in FIGURES),
        *(number("score"), text("score name"), choice("status"), text("sizes")),
        *(choice("place"), choice("machine"), text("run")),
    ]
    cells = [known[key].cell for key in FIGURES]
    rows = []
    for entry in entries:
        what = entry.first
        sizes, where = plain(what.sizes), plain(place(what))
        for source, results in entry.blocks:
            machine, run = plain(source.made.place), plain(source.made.called)
            for one in results:
                name = [plain(text) for text in (one.task, one.model, str(one.row))]
                figures = [data_cell(cell(one)) for cell in (*cells, columns.score)]
                rest = [plain(one.score_name), one.status, sizes, where, machine, run]
                rows.append([entry.page, *name, *figures, *rest])
    return {"columns": heads, "link": "comparisons/*.html", "rows": rows}


def place(one: RowResult) -> str:
    """Return where a comparison was run."""
    return numbers.where(one.device, one.threads, one.dtype)


def data_cell(cell: Cell) -> Any:
    """Return a cell as data: a text, or a text and the figure that it is sorted by."""
    text = plain(cell_text(cell))
    return [text, cell.value] if isinstance(cell, Quantity) else text


def text(title: str) -> dict[str, Any]:
    """Return a column of texts."""
    return heading(title)


def choice(title: str) -> dict[str, Any]:
    """Return a column of texts by which one chooses."""
    return heading(title) | {"facet": True}


def number(title: str, unit: str = "") -> dict[str, Any]:
    """Return a column of figures."""
    return heading(title, unit) | {"number": True}


def head(column: Column) -> dict[str, Any]:
    """Return a column of the table model."""
    title, unit = heading_of(column)
    return heading(title, unit) | {"key": column.key, "number": is_number(column)}


def heading(title: str, unit: str = "") -> dict[str, Any]:
    """Return a column; its key is that of permalinks."""
    key = title.replace(" ", "_")
    return {"key": key, "title": title, "unit": unit, "number": False, "facet": False}
