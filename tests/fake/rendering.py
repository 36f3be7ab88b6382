"""The tables of a run, what is printed of them where output is piped, and what is exported."""

from dataclasses import replace
from itertools import chain

import msgspec
from specimens import RECORDS

from rnnbench.analysis.read_rows import rows_of
from rnnbench.report.formats import pytest_benchmark, terminal
from rnnbench.report.publish import blocks
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import Source
from rnnbench.report.run_origin import made


def tables(results, base="fastest", wanted=None):
    """Return the tables of a run with these rows, as show has them."""
    shown = blocks.tables([Source(made(RECORDS), results, {}, base)], Selection(columns=wanted))
    return [replace(table, made=()) for table in shown]


def drawn(heading, tables, room=None):
    """Return the lines of a heading and of tables, in so many columns or as a pipe has them."""
    lines = list(terminal.above(heading, tables, room))
    return [*lines, *(line for table in tables for line in terminal.of_table(table, room))]


def render(tables):
    return "".join(f"{line.text}\n" for line in drawn("heading", tables))


def exported(records):
    """Return what is exported of a run, with all of its benchmarks."""
    found = pytest_benchmark.export(rows_of(records, pytest_benchmark.ASKED))
    each = (msgspec.json.decode(msgspec.json.encode(make())) for make in found.benchmarks)
    made = list(chain.from_iterable(each))
    return found._replace(content=found.content | {"benchmarks": made})
