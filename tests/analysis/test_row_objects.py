"""Rows as plain objects and as a data frame."""

import pytest
from specimens import FAST, RECORDS, RUN, TIMING

from rnnbench.analysis.data_frame import data_frame
from rnnbench.analysis.row_objects import columns, objects
from rnnbench.analysis.run_results import row_results


def test_an_estimate_has_three_columns_and_a_row_those_of_its_names():
    names = [column.name for column in columns()]
    assert len(set(names)) == len(names)
    start = names.index("score")
    assert names[start : start + 3] == ["score", "score_low", "score_high"]
    start = names.index("backend")
    assert names[start : start + 3] == ["backend", "variant", "environment"]


def test_a_column_tells_its_unit_and_what_it_holds():
    found = {column.name: column for column in columns()}
    assert found["train_step_ms_low"].unit == found["forward_ms"].unit == "ms"
    assert found["peak_memory_mib"].unit == "MiB"
    assert all(column.meaning for column in columns())


def test_an_object_has_the_values_of_its_row():
    result = row_results(RECORDS)[1]
    (found,) = objects([result])
    assert (found["backend"], found["variant"], found["environment"]) == ("fake", "good", None)
    assert result.row == FAST
    assert (found["ratio"], found["forward_ms_low"]) == (1.0, result.forward_ms.low)


def test_a_count_that_some_rows_lack_is_a_float():
    found = objects(row_results(RECORDS))
    assert [type(one["rounds"]) for one in found] == [float, float, type(None)]
    assert [type(one["batch"]) for one in found] == [int] * 3
    assert objects([]) == []


def test_a_data_frame_has_the_same_columns_and_values():
    results = row_results([RUN, TIMING])
    table = data_frame(results)
    assert list(table.columns) == [column.name for column in columns()]
    assert table["train_step_ms"].dropna().tolist() == pytest.approx([4.0, 2.0])
    assert list(data_frame([]).columns) == list(table.columns)
