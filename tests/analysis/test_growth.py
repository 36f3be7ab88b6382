import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from rendering import render
from specimens import FAST, RECORDS, SLOW

from rnnbench.analysis.fit import fit
from rnnbench.analysis.growth import COSTS, growths
from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import Estimate
from rnnbench.report.formats import terminal
from rnnbench.report.numbers import written
from rnnbench.report.one_run import growth as report
from rnnbench.schema.plan import FEWEST_SIZES

SIZES = [25, 38, 57, 87, 132, 200]
PARTS = st.floats(1e-3, 1e3)
EXPONENTS = st.floats(0.3, 3.0)


def costs(fixed, growing, exponent, sizes=SIZES):
    """Return the costs of which ``growing`` is the part that grows, at the largest size."""
    return [fixed + growing * (n / max(sizes)) ** exponent for n in sizes]


def within(value, estimate):
    low, high = estimate.low, estimate.high
    return (low is None or low <= value) and (high is None or value <= high)


@given(PARTS, PARTS, EXPONENTS)
def test_exact_costs_give_back_what_they_were_made_of(fixed, growing, exponent):
    assume(0.01 < fixed / growing < 100)
    found = fit(SIZES, costs(fixed, growing, exponent))
    assert found.exponent.value == pytest.approx(exponent, rel=1e-4)
    assert found.fixed.value == pytest.approx(fixed, rel=1e-4)
    assert found.growing == pytest.approx(growing, rel=1e-4)
    assert found.exponent.high - found.exponent.low < 1e-3
    assert found.largest == 200


@given(PARTS, EXPONENTS)
def test_without_a_fixed_part_there_is_none(growing, exponent):
    found = fit(SIZES, costs(0, growing, exponent))
    assert found.fixed.low == 0
    assert found.fixed.value == pytest.approx(0, abs=1e-6 * growing)


@given(st.lists(st.floats(1e-3, 1e6), min_size=FEWEST_SIZES, max_size=FEWEST_SIZES))
def test_any_costs_give_an_interval_around_the_figure_or_no_fit(values):
    found = fit([1, 2, 4, 8], values)
    if found is not None:
        assert within(found.exponent.value, found.exponent)
        assert 0 <= found.fixed.low <= found.fixed.value <= found.fixed.high
        assert math.isfinite(found.growing)
        assert found.growing > 0


@given(PARTS, PARTS, EXPONENTS, st.floats(1e-6, 1e6))
def test_the_unit_does_not_matter(fixed, growing, exponent, unit):
    values = np.array(costs(fixed, growing, exponent)) * [1.02, 0.99, 1, 1.01, 0.98, 1]
    one, other = fit(SIZES, values), fit(SIZES, unit * values)
    assert (one is None) == (other is None)
    if one is not None:
        assert other.exponent.value == pytest.approx(one.exponent.value, rel=1e-4)
        assert other.fixed.high == pytest.approx(unit * one.fixed.high, rel=1e-3)


@pytest.mark.parametrize(("fixed", "growing", "exponent"), [(0.8, 6.2, 1.0), (1.0, 26.0, 2.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(fixed, growing, exponent):
    rng, runs = np.random.default_rng(1), 300
    noisy = np.exp(0.02 * rng.standard_normal((runs, len(SIZES)))) * costs(fixed, growing, exponent)
    found = [fit(SIZES, values) for values in noisy]
    for kept in (
        sum(within(exponent, one.exponent) for one in found),
        sum(within(fixed, one.fixed) for one in found),
    ):
        assert 0.91 < kept / runs < 0.99  # three standard errors around 95 %


@pytest.mark.parametrize("values", [[5, 5, 5, 5], [5, 4, 3, 2], [5, 5.1, 4.9, 5.2], [5, 5, 5, 9]])
def test_costs_that_a_constant_fits_have_no_exponent(values):
    assert fit([1, 2, 4, 8], values) is None


def test_an_end_beyond_the_range_is_not_told():
    found = fit(SIZES, [5.0, 5.01, 4.99, 5.0, 5.0, 9.0])
    assert found.exponent.low > 1
    assert found.exponent.high is None
    assert written(report.exponent(found.exponent)).endswith(", >4]")


# --- of a run ---------------------------------------------------------------------------------


TIMED = row_results(RECORDS)[1]


def around(value):
    """Return a figure with an interval."""
    return Estimate(value, 0.9 * value, 1.1 * value)


def result(size, step, **others):
    """Return the result of a row with layers of this size."""
    figures = {"train_step_ms": around(step), "forward_ms": around(1.0)}
    figures |= {
        "memory_added_mib": 100.0 + size,
        "peak_memory_mib": 7000.0,
        "rounds": 9,
        "clean": 8,
    }
    sizes = {"hidden": size, "sizes": f"{size} units"}
    return replace(TIMED, **sizes | figures | others)


def results(**last):
    """Return those of a run over the units of a layer, the last one altered."""
    sizes = [8, 16, 32, 64, 128]
    steps = costs(1, 100, 2, sizes)
    found = [result(n, step) for n, step in zip(sizes, steps, strict=True)]
    return [*found, result(256, 400.0, **last)]


FAILED = dict.fromkeys(("train_step_ms", "forward_ms", "memory_added_mib", "rounds", "clean"))
FAILED |= {"status": "oom", "reason": "no memory"}
UNSURE = {"train_step_ms": Estimate(400.0)}
NEVER_CLEAN = {"train_step_ms": None, "clean": 0}


def test_each_cost_of_each_row_is_fitted():
    found = growths(results(), "hidden")
    assert [(one.row, one.cost) for one in found] == [(FAST, cost) for cost in COSTS]
    assert found[0].fit.exponent.value == pytest.approx(2, abs=0.05)
    assert found[1].reason.startswith("no growth")
    assert found[2].fit.fixed.value == pytest.approx(100, rel=1e-3)


def test_rows_are_told_apart():
    both = [*results(), *(replace(one, row=SLOW) for one in results())]
    assert [one.row for one in growths(both, "hidden")] == [FAST] * 3 + [SLOW] * 3


def test_a_size_that_failed_is_not_fitted():
    found = growths(results(**FAILED), "hidden")[0]
    assert (found.sizes, found.aside) == ([8, 16, 32, 64, 128], [])
    assert found.fit.exponent.value == pytest.approx(2, rel=1e-3)


@pytest.mark.parametrize("last", [UNSURE, NEVER_CLEAN])
def test_a_time_without_an_interval_is_set_aside(last):
    found = growths(results(**last), "hidden")
    assert (found[0].sizes, found[0].aside) == ([8, 16, 32, 64, 128], [256])
    assert [one.aside for one in found[1:]] == [[], []]


def test_a_size_that_added_no_memory_is_not_fitted():
    found = growths([*results(), result(4, 1.0, memory_added_mib=0.0)], "hidden")[2]
    assert found.sizes == [8, 16, 32, 64, 128, 256]
    assert found.fit.fixed.value == pytest.approx(100, rel=1e-3)


def test_too_few_sizes_are_told():
    (found, *_) = growths(results()[:3], "hidden")
    assert found.fit is None
    assert found.reason == "measured at 3 sizes; a fit needs 4"


def drawn(found, over="hidden"):
    return render(report.tables(found, over))


def test_the_tables_show_points_and_fits():
    text = drawn(results())
    assert "echo · lstm · over hidden\nT 3, batch 4, layers 1 · cpu, 2 threads, float32" in text
    assert max(map(len, text.splitlines())) <= terminal.WIDTH
    fitted = next(line for line in text.splitlines() if "train step, ms" in line)
    assert "fake:good" in fitted
    assert " 2.0" in fitted
    assert "no exponent: fake:good forward" in text
    assert "hidden: units per layer, from 8 to 256; beyond these the fits say nothing" in text


def test_the_tables_name_what_was_not_fitted():
    assert "fake:good at hidden 256 oom: no memory" in drawn(results(**FAILED))
    text = drawn(results(**UNSURE))
    assert "rounds at hidden 256, so not fitted there: fake:good train step" in text


def test_a_run_that_measured_nothing_has_no_tables():
    assert report.tables([], "hidden") == []
    text = drawn([result(n, 1.0, **FAILED, length=None) for n in (1, 2)], "length")
    assert "fake:good at 2 units oom: no memory" in text
    assert "measured at 0 sizes" in text


def test_a_fit_is_an_object_with_every_figure():
    fitted, unfitted, _ = (
        report.json_object(one, "hidden") for one in growths(results(), "hidden")
    )
    assert fitted.keys() == unfitted.keys()
    assert (fitted["backend"], fitted["variant"], fitted["over"]) == ("fake", "good", "hidden")
    assert fitted["exponent_low"] < fitted["exponent"] < fitted["exponent_high"]
    assert fitted["reason"] is None
    assert unfitted["exponent"] is None
    assert len(fitted["sizes"]) == len(fitted["costs"]) == 6
