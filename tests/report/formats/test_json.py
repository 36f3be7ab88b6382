"""A table as JSON is one text, however many pieces it was made of."""

import json
from itertools import pairwise

import msgspec
import pytest

from rnnbench.report.formats.json import about, lines_of, render, row_objects, text_of, with_list
from rnnbench.report.tables import Column, Quantity, Table

COLUMNS = [Column("row", ""), Column("train_step_ms", "train step", "ms", "estimate")]
ROWS = [["a →", Quantity(1.5, 1.0, 2.0)], ["b", Quantity(None)], ['"rows": []', Quantity(2.0)]]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_it_is_that_of_the_whole_object(count):
    table = Table("t", "", COLUMNS, ROWS[:count])
    text = render(table)
    whole = about(table) | {"rows": row_objects(table)}
    assert text == f"{text_of(whole)}\n"
    assert json.loads(text) == json.loads(msgspec.json.encode(whole))


@pytest.mark.parametrize("cuts", [(), (1,), (2,), (0, 3), (1, 2)])
def test_a_list_may_be_written_in_parts(cuts):
    items = [{"n": 1}, {"n": [2]}, {"n": "[3]"}]
    ends = [0, *cuts, len(items)]
    parts = [lines_of(items[a:b]) for a, b in pairwise(ends)]
    found = {"first": "list", "list": [], "last": []}
    assert "".join(with_list(found, "list", parts)) == f"{text_of(found | {'list': items})}\n"
