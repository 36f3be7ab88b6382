import numpy as np
import pytest

from rnnbench.models.arrays.trees import Batch, copied, tree_map


def test_tree_map_keeps_the_structure():
    tree = ({"a": 1}, (2, (3,)), Batch(4, 5, noise={"b": 6}))
    assert tree_map(lambda n: -n, tree) == ({"a": -1}, (-2, (-3,)), Batch(-4, -5, noise={"b": -6}))
    assert isinstance(tree_map(str, tree)[2], Batch)


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ([1.5], "float32"),
        (np.float64(2), "float32"),
        ([3], "int16"),
        ([True], "bool"),
        (5, "int16"),
    ],
)
def test_a_copy_has_the_dtype_of_its_kind(given, dtype):
    own = copied(given, "float32", np.int16)
    assert own.dtype == dtype
    assert np.array_equal(own, given)


def test_a_copy_shares_no_memory():
    for given in (np.ones(3, np.float32), np.ones(3, np.int64), np.ones(3, bool)):
        assert not np.shares_memory(copied(given, "float32"), given)
