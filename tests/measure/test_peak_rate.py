"""The rate of a matrix product, from samples that were made up."""

import pytest
from msgspec.structs import replace
from specimens import PEAK, samples

from rnnbench.measure.estimates import Estimate
from rnnbench.measure.peak_rate import best, rate, share

SIZE = 100


def moment(gflops, lost=0.0):
    """Return a record with one sample for each rate."""
    milliseconds = [2 * SIZE**3 / 1e6 / each for each in gflops]
    return replace(PEAK, gflops=max(gflops), size=SIZE, samples=samples(milliseconds, lost=lost))


def test_the_rate_is_that_of_the_usual_sample_and_not_of_the_best():
    found = rate([moment([9.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 12.0])])
    assert (found.value, found.low, found.high) == pytest.approx((10.0, 9.0, 12.0), rel=1e-4)


def test_disturbed_samples_do_not_count():
    quiet, hit = moment([10.0] * 8), moment([1.0] * 3, lost=0.8)
    found = rate([replace(quiet, samples=quiet.samples + hit.samples)])
    assert (found.low, found.high) == pytest.approx((10.0, 10.0))


def test_from_three_moments_on_their_scatter_is_the_interval():
    found = rate([moment([each] * 6) for each in (9.5, 10.0, 10.5)])
    assert found.value == pytest.approx(10.0, rel=0.01)
    assert found.low < 9.0
    assert found.high > 11.0


@pytest.mark.parametrize(
    "moments",
    [
        [],
        [[10.0] * 5],
        [[121.0] * 6, [11.0] * 6, [90.0] * 6, [8.2] * 6],
        [[121.0, 11.0, 90.0, 80.0, 8.2, 116.0]],
    ],
    ids=["none", "too few samples", "moments apart", "samples apart"],
)
def test_what_cannot_be_told_is_no_rate(moments):
    assert rate([moment(gflops) for gflops in moments]) is None


def test_a_moment_without_an_undisturbed_sample_is_none():
    quiet = [moment([10.0] * 8), moment([10.0] * 8)]
    assert rate([*quiet, moment([2.0] * 4, lost=0.9)]).value == pytest.approx(10.0)


def test_a_product_that_failed_once_does_not_spoil_the_others():
    failed = replace(PEAK, gflops=None, reason="gone")
    assert rate([failed]) is None
    assert rate([moment([10.0] * 6), failed]).value == pytest.approx(10.0)


def test_a_file_with_the_best_rate_alone_has_no_interval():
    assert rate([PEAK, replace(PEAK, gflops=12.0)]) == Estimate(12.0)


def test_the_best_of_several_backends_is_the_peak():
    assert best([Estimate(3.0), None, Estimate(4.0, 3.0, 5.0)]) == Estimate(4.0, 3.0, 5.0)
    assert best([None]) is None


def test_a_share_has_an_interval_where_both_have_one():
    assert share(Estimate(2.0, 1.0, 3.0), Estimate(10.0, 8.0, 12.0)) == Estimate(0.2, 1 / 12, 3 / 8)
    assert share(Estimate(2.0), Estimate(10.0, 8.0, 12.0)) == Estimate(0.2)
    assert share(Estimate(2.0, 1.0, 3.0), Estimate(10.0)) == Estimate(0.2)
