import numpy as np
import pytest

from rnnbench.models.arrays.trees import Batch, copied, shares, tree_map


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


@pytest.mark.parametrize("axis", [0, 1])
def test_shares_of_a_batch_have_all_that_is_told_of_their_examples(axis):
    # Of each array, the entries of one example are its number.
    def numbered(*shape, at):
        return np.broadcast_to(
            np.arange(4).reshape([-1 if k == at else 1 for k in range(len(shape))]), shape
        )

    batch = Batch(
        inputs=numbered(5, 4, 2, at=1),
        targets=numbered(4, 3, at=0) if axis == 0 else numbered(5, 4, 3, at=1),
        lengths=numbered(4, at=0),
        target_lengths=numbered(4, at=0),
        noise={"dropout": numbered(5, 4, 3, at=1)},
        rate=np.float64(0.5),
        resets=numbered(4, at=0),
        counted=numbered(5, 4, at=1),
    )
    states = {"layers.0": (numbered(4, 3, at=0), numbered(4, 3, 2, at=0))}
    for k, (state, share) in enumerate(shares(states, batch, axis, 2)):
        own = [
            a for a in (*state["layers.0"], *share._replace(noise=None, rate=None)) if a is not None
        ]
        assert [np.unique(array).tolist() for array in (*own, share.noise["dropout"])] == [
            [2 * k, 2 * k + 1]
        ] * 9
        assert share.rate == 0.5
