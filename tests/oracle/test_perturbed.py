"""The oracle set off: by how much, and that no two paths err alike."""

import numpy as np
from blocks import left, reference, small_work

from rnnbench.oracle.audit.differences import differences, excuses, larger
from rnnbench.oracle.perturbed import set_off


def apart(share, draw=0):
    work = small_work()
    off = left(work, "float64", make=set_off("float32", share, draw))
    return excuses(differences(off, reference(work)))


def test_it_is_as_far_as_it_was_set_off():
    assert 1e-6 < apart(1e-5)["update of layers.0.w_h"] < 1e-4


def test_another_draw_errs_in_another_way():
    one, other = apart(1e-5, 0), apart(1e-5, 1)
    assert one.keys() == other.keys()
    assert one != other


def test_the_second_of_a_pair_errs_the_other_way():
    work = small_work()
    right = left(work, "float64").losses
    one, other = (
        left(work, "float64", make=set_off("float32", 1e-6, k)).losses - right for k in (0, 1)
    )
    assert np.allclose(one, -other, rtol=0.1, atol=5e-8)  # the rounding of gradients is no share


def test_the_same_draw_errs_alike():
    assert apart(1e-5) == apart(1e-5)


def test_of_two_paths_the_larger_difference_excuses():
    assert larger({"a": 1.0, "b": 2.0}, {"b": 1.0, "c": 3.0}) == {"a": 1.0, "b": 2.0, "c": 3.0}


def test_the_weights_it_differentiates_at_are_its_own_again():
    work = small_work()
    right = left(work, "float64")
    still = left(work, "float64", make=set_off("float32", 0.0, 0))
    assert np.allclose(right.losses, still.losses, rtol=1e-5)
