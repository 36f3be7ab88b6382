"""Which rows of a run explain cells: one block per length, each with all cells, alike otherwise."""

import msgspec
import pytest
from specimens import COMPARISON, PLANNED, RECORDS

from rnnbench.analysis.run_results import row_results
from rnnbench.errors import UsageError
from rnnbench.introspection.explanation import inputs_in, measured, row_of, shared
from rnnbench.plugins.registry import Registry
from rnnbench.results.queries import plan_of

(ONE, *_) = row_results(RECORDS)


def found(cells, rows, task=None):
    """Return the blocks of rows: dicts with a cell and other fields of comparisons."""
    planned, results = {}, []
    for fields in rows:
        length = fields.pop("prepared", fields.get("task_options", {}).get("length"))
        comparison = msgspec.structs.replace(COMPARISON, **fields)
        planned[comparison.key] = msgspec.structs.replace(PLANNED, comparison=comparison)
        own = {name: getattr(comparison, name) for name in ("task", "cell", "hidden")}
        results.append(
            msgspec.structs.replace(ONE, comparison=comparison.key, length=length, **own)
        )
    return shared(cells, results, planned, task)


def of_length(length, **fields):
    return {"task_options": {"length": length}, **fields}


def test_rows_are_ordered_by_length_and_cells_as_asked():
    rows = [of_length(n, cell=cell) for n in (9, 3) for cell in ("gru", "lstm", "elman")]
    assert [
        [(one.length, one.cell) for one in block] for block in found(["lstm", "gru"], rows)
    ] == [
        [(3, "lstm"), (3, "gru")],
        [(9, "lstm"), (9, "gru")],
    ]


def test_a_row_that_could_not_be_run_stands_beside_those_that_could():
    rows = [of_length(3, cell="lstm"), of_length(3, cell="mingru", prepared=None)]
    (block,) = found(["lstm", "mingru"], rows)
    assert [measured(one, block).length for one in block] == [3, 3]


def test_lengths_at_which_nothing_could_be_run_stand_last_as_they_were_planned():
    rows = [of_length(9, cell="lstm", prepared=None), of_length(5, cell="lstm", prepared=None)]
    rows.append(of_length(7, cell="lstm"))
    blocks = found(["lstm"], rows)
    assert [block[0].length for block in blocks] == [7, None, None]
    assert [measured(one, block).length for block in blocks for one in block] == [7, None, None]


def test_cells_are_alike_whatever_options_they_have():
    rows = [{"cell": "lstm"}, {"cell": "elman", "cell_options": {"activation": "relu"}}]
    assert len(found(["lstm", "elman"], rows)) == 1


@pytest.mark.parametrize("differs", [{"hidden": 16}, {"steps": 5}, {"optimizer": "sgd"}])
def test_rows_that_differ_in_more_than_their_cell_are_not_held_against_each_other(differs):
    rows = [{"cell": "lstm"}, {"cell": "gru", **differs}]
    with pytest.raises(UsageError, match="measured lstm, gru alike; it has lstm, gru"):
        found(["lstm", "gru"], rows)


def test_blocks_that_differ_in_more_than_their_length_are_not_put_side_by_side():
    rows = [of_length(3, cell="lstm"), of_length(9, cell="lstm", hidden=16)]
    assert [block[0].length for block in found(["lstm"], rows)] == [3]


def test_one_task_is_shown_the_first_or_the_one_that_is_asked_for():
    def rows():
        return [{"cell": "lstm", "task": task} for task in ("echo", "other")]

    assert [block[0].task for block in found(["lstm"], rows())] == ["echo"]
    assert [block[0].task for block in found(["lstm"], rows(), "other")] == ["other"]
    with pytest.raises(UsageError, match="it has none of them"):
        found(["lstm"], rows(), "third")


def test_the_row_is_the_one_that_is_named_or_the_first():
    rows = plan_of(RECORDS).rows
    assert row_of(RECORDS, None) == rows[0]
    assert row_of(RECORDS, str(rows[-1])) == rows[-1]
    with pytest.raises(UsageError, match="unknown row 'nothing'"):
        row_of(RECORDS, "nothing")


def test_what_layers_are_fed_is_recorded_or_told_by_the_task():
    assert inputs_in(msgspec.structs.replace(PLANNED, inputs=7), Registry.of(["no:echo"])) == 7
