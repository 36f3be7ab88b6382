"""The oracle, and the oracle set off."""

from blocks import left, reference, small_work

from rnnbench.oracle.audit.differences import differences, excuses


def test_the_oracle_set_off_is_as_far_as_it_was_set_off():
    work = small_work()
    found = differences(left(work, "float64", off=1e-5), reference(work))
    update = excuses(found)["update of layers.0.w_h"]
    assert 1e-6 < update < 1e-4
