"""How far a block is from what it should have left behind, and how far it may be."""

import numpy as np
import pytest
from blocks import STEPS, left, reference, small_work

from rnnbench.oracle.audit import differences as audit
from rnnbench.oracle.audit.block import Left
from rnnbench.oracle.parity import TOLERANCE


@pytest.fixture(scope="module")
def work():
    return small_work()


def test_the_same_in_float32_is_within_the_tolerance(work):
    found = audit.differences(left(work, "float32"), reference(work))
    names = {"outputs", *(f"loss of step {k}" for k in range(1, STEPS + 1))}
    assert names < found.keys()
    assert "update of readout.w" in found
    assert 0 < audit.worst(found, "float32").error < 1e-5


def test_each_part_that_is_wrong_is_named(work):
    right = left(work, "float32")
    losses = right.losses + np.where(np.arange(STEPS) == 2, 0.01, 0)
    wrong = {"loss of step 3": right._replace(losses=losses)}
    wrong["outputs"] = right._replace(outputs=right.outputs + 0.01)
    params = right.params | {"update of layers.0.b": right.params["update of layers.0.b"] * 1.1}
    wrong["update of layers.0.b"] = right._replace(params=params)
    for name, block in wrong.items():
        found = audit.worst(audit.differences(block, reference(work)), "float32")
        assert found.tensor == name
        assert found.error > TOLERANCE["float32"]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_infinitely_far(work, value):
    right = left(work, "float32")
    block = right._replace(losses=np.full(STEPS, value))
    assert audit.worst(audit.differences(block, reference(work)), "float32").error == np.inf


def test_an_oracle_that_has_no_number_from_the_start_is_right_about_no_row_that_has(work):
    """A net that is another one while it is judged: later steps may part, as what they train."""
    right, block = reference(work), left(work, "float32")
    gone = right.left._replace(outputs=np.nan * right.left.outputs)
    found = audit.differences(block, right._replace(left=gone))
    assert found["outputs"] == np.inf
    gone = right.left._replace(losses=np.full(STEPS, np.nan))
    found = audit.differences(block, right._replace(left=gone))
    assert found["loss of step 1"] == np.inf
    alike = block._replace(losses=np.full(STEPS, np.nan), outputs=np.nan * block.outputs)
    gone = gone._replace(outputs=np.nan * right.left.outputs)
    assert audit.differences(alike, right._replace(left=gone)) == {}


def test_a_parameter_that_is_missing_or_of_another_shape_is_infinitely_far(work):
    right = left(work, "float32")
    name = "update of readout.w"
    for params in (
        {k: v for k, v in right.params.items() if k != name},
        right.params | {name: 1 * np.ones(99)},
    ):
        found = audit.differences(right._replace(params=params), reference(work))
        assert found[name] == np.inf


def test_rounding_may_move_what_no_gradient_reaches(work):
    right, name = reference(work), "update of readout.w"
    still = right.left._replace(params=right.left.params | {name: right.before[name]})
    block = left(work, "float32")
    moved = block._replace(params=block.params | {name: right.before[name] + 0.01})
    assert audit.differences(moved, right._replace(left=still))[name] == 0
    gone = block._replace(params=block.params | {name: right.before[name] * np.nan})
    assert audit.differences(gone, right._replace(left=still))[name] == np.inf


def test_where_the_oracle_diverges_nothing_is_compared(work):
    right = reference(work)
    losses = np.where(np.arange(STEPS) == 2, np.inf, right.left.losses)
    found = audit.differences(
        left(work, "float32"), right._replace(left=right.left._replace(losses=losses))
    )
    assert set(found) == {"outputs", "loss of step 1", "loss of step 2"}


def test_errors_that_a_block_amplifies_are_excused_by_as_much(work):
    allowed = TOLERANCE["float32"]
    found = {"loss of step 1": allowed / 2, "loss of step 2": 8 * allowed, "outputs": 2 * allowed}
    excused = audit.excuses({"loss of step 1": allowed, "loss of step 2": 0.0, "outputs": 0.0})
    assert excused["loss of step 2"] == allowed  # as much as the one before
    assert audit.worst(found, "float32", excused) == (2 * allowed, "outputs")


def test_the_middle_of_blocks_is_what_two_of_them_have():
    blocks = [
        Left(np.arange(n) + extra, {}, np.empty(0)) for n, extra in ((2, 0.0), (4, 0.1), (5, 9.0))
    ]
    assert np.allclose(audit.middle(blocks).losses, [0.1, 1.1, 6.55, 7.55])
    alone = [Left(np.ones(1), {"w": np.ones(2)}, np.ones(3)), Left(np.ones(1), {}, np.empty(0))]
    assert audit.middle(alone).params == {}
    assert audit.middle(alone).outputs.size == 0


def test_an_excuse_without_bounds_is_one_and_no_error():
    assert audit.worst({"update of b": 1e300}, "float32", {"update of b": 1e300}).error < 1e-4
    assert audit.worst({"update of b": 1.0}, "float32", {"update of b": float("inf")}).error == 0


def test_errors_that_have_grown_beyond_what_is_alike_are_excused_further():
    share = TOLERANCE["float32"] / audit.MARGIN
    grown = {"a": share, "b": audit.ALIKE * share, "c": 3 * audit.ALIKE * share, "d": np.inf}
    found = audit.widened(grown, "float32")
    assert [found[name] / grown[name] for name in "ab"] == [1, 1]
    assert found["c"] == pytest.approx(3 * grown["c"])
    assert found["d"] == np.inf
