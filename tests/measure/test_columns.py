import numpy as np
from specimens import samples

from rnnbench.measure.columns import SampleColumns
from rnnbench.schema.packed_samples import packed
from rnnbench.schema.sample import Sample

UNCOUNTED = Sample(3, 1000, 1000, 0)
COUNTED = Sample(5, 2000, 2000, 0, 10, 20, -30, 2, 7)


def test_a_field_is_a_column_in_which_nan_is_not_known():
    blocks = SampleColumns([[UNCOUNTED, COUNTED], [], [UNCOUNTED]])
    assert blocks.sizes.tolist() == [2, 0, 1]
    assert blocks["calls"].tolist() == [3, 5, 3]
    np.testing.assert_equal(blocks["others_ns"], [np.nan, -30, np.nan])
    assert np.isnan(SampleColumns([[UNCOUNTED] * 2])["threads"]).all()
    assert len(SampleColumns([])["wall_ns"]) == 0


def test_packed_blocks_are_the_same_in_any_order_and_of_any_number():
    processes = [samples([1.0, 2.0]), samples([3.0]), [COUNTED, UNCOUNTED]]
    first, second = packed(processes[:2]), packed(processes[2:])
    assert list(map(len, first)) == [2, 1]
    kept = [second[0], first[1]]
    for field in ("calls", "wall_ns", "others_ns", "faults"):
        expected = SampleColumns([processes[2], processes[1]])[field]
        np.testing.assert_equal(SampleColumns(kept)[field], expected)
