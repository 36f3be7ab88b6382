"""Which rows of a run explain cells: one block per length, each with all cells, alike otherwise."""

import msgspec
import pytest
from specimens import PLANNED, RECORDS

from rnnbench.analysis.run_results import row_results
from rnnbench.errors import UsageError
from rnnbench.introspection.explanation import inputs_in, row_of, shared
from rnnbench.plugins.registry import Registry
from rnnbench.results.queries import plan_of

(ONE, *_) = row_results(RECORDS)


def made(**fields):
    return msgspec.structs.replace(ONE, **fields)


def test_rows_are_ordered_by_length_and_cells_as_asked():
    rows = [made(cell=cell, length=n) for n in (9, 3) for cell in ("gru", "lstm", "elman")]
    found = shared(["lstm", "gru"], rows, None)
    assert [[(one.length, one.cell) for one in block] for block in found] == [
        [(3, "lstm"), (3, "gru")],
        [(9, "lstm"), (9, "gru")],
    ]


def test_rows_that_differ_in_more_than_their_cell_are_not_held_against_each_other():
    rows = [made(cell="lstm", hidden=8), made(cell="gru", hidden=16)]
    with pytest.raises(UsageError, match="measured lstm, gru alike; it has lstm, gru"):
        shared(["lstm", "gru"], rows, None)


def test_one_task_is_shown_the_first_or_the_one_that_is_asked_for():
    rows = [made(cell="lstm", task=task) for task in ("echo", "other")]
    assert [block[0].task for block in shared(["lstm"], rows, None)] == ["echo"]
    assert [block[0].task for block in shared(["lstm"], rows, "other")] == ["other"]
    with pytest.raises(UsageError, match="it has none of them"):
        shared(["lstm"], rows, "third")


def test_the_row_is_the_one_that_is_named_or_the_first():
    rows = plan_of(RECORDS).rows
    assert row_of(RECORDS, None) == rows[0]
    assert row_of(RECORDS, str(rows[-1])) == rows[-1]
    with pytest.raises(UsageError, match="unknown row 'nothing'"):
        row_of(RECORDS, "nothing")


def test_what_layers_are_fed_is_recorded_or_told_by_the_task():
    assert inputs_in(msgspec.structs.replace(PLANNED, inputs=7), Registry.of(["no:echo"])) == 7
