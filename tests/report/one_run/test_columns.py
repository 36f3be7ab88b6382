"""All that is known of a row, as columns."""

import pytest
from msgspec.structs import replace
from specimens import RECORDS

from rnnbench.analysis.row_objects import columns, objects
from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import cell_text
from rnnbench.report.one_run.columns import facts, memory, shown
from rnnbench.report.tables import Quantity


def test_they_are_those_of_json_with_intervals_in_one():
    expanded = []
    for key, one in facts().items():
        expanded += [key, f"{key}_low", f"{key}_high"] if one.column.kind == "estimate" else [key]
    assert expanded == [column.name for column in columns()]


def test_their_values_are_those_of_json():
    results = row_results(RECORDS)
    for result, plain in zip(results, objects(results), strict=True):
        for key, (column, cell) in facts().items():
            found = cell(result)
            assert isinstance(found, Quantity) is (column.kind in ("count", "figure", "estimate"))
            value = found.value if isinstance(found, Quantity) else found
            assert value == plain[key]


def test_titles_leave_the_unit_to_its_place():
    told = {key: (one.column.title, one.column.unit) for key, one in facts().items()}
    assert told["train_step_ms"] == ("train step", "ms")
    assert told["tokens_per_s"] == ("tokens per s", "1/s")


def test_memory_is_one_column_only_of_what_was_measured_before_there_were_two():
    measured, _, failed = row_results(RECORDS)
    assert memory([failed]) == memory([]) == ["memory_base_mib", "memory_added_mib"]
    assert memory([measured, failed]) == ["peak_memory_mib"]


@pytest.mark.parametrize(
    ("low", "high", "alone", "in_full"),
    [
        (0.9, 1.1, "1.0", "1.0 ±0.1"),
        (0.5, 1.1, "~1.0", "1.0 [0.50, 1.1]"),
        (None, None, "~1.0", "~1.0"),
    ],
)
def test_an_interval_without_room_is_there_where_it_is_asked_for(low, high, alone, in_full):
    first, *_ = row_results(RECORDS)
    one = replace(first, forward_ms=Estimate(1.0, low, high))
    for wanted, expected in ((None, alone), (["forward_ms"], in_full)):
        found = next(o for o in shown([one], "fastest", wanted) if o.column.key == "forward_ms")
        assert cell_text(found.cell(one)) == expected
