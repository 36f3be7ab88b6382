"""What a block starts from, and which entries are compared."""

import numpy as np
from blocks import small_work

from rnnbench.oracle.audit import block
from rnnbench.oracle.audit.block import ENTRIES


def test_another_draw_has_other_weights_and_another_state():
    one, other = (block.drawn_start(small_work().model, 4, draw, "float32") for draw in (1, 2))
    assert not np.array_equal(one.params["readout"]["w"], other.params["readout"]["w"])
    assert not np.array_equal(one.state["layers.0"][0], other.state["layers.0"][0])
    assert one.params["readout"]["w"].dtype == np.float64
    rounded = one.params["readout"]["w"].astype(np.float32)
    assert np.array_equal(rounded, one.params["readout"]["w"])


def test_only_some_entries_of_a_large_tensor_are_compared_the_same_in_both():
    large = np.arange(10.0 * ENTRIES).reshape(10, ENTRIES)
    one, other = (block.entries("w", large, seed) for seed in (1, 2))
    assert one.shape == (ENTRIES,)
    assert np.array_equal(one, block.entries("w", large, 1))
    assert not np.array_equal(one, other)


def test_a_kept_forward_pass_is_one_of_the_block():
    assert {block.kept_forward(draw, 3) for draw in range(50)} == {1, 2, 3}
