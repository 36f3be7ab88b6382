"""The tables of a run, and what is printed of them where output is piped."""

from dataclasses import replace

from specimens import RECORDS

from rnnbench.report.formats import terminal
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
