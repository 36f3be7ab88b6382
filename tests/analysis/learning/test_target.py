"""Time to target: steps, seconds, intervals, and what is not reached."""

import pytest
from msgspec.structs import replace
from specimens import PLANNED, TRAINED

from rnnbench.analysis.learning.scores import Trained
from rnnbench.analysis.learning.target import product, to_target
from rnnbench.measure.estimates import Estimate

#: Less is better, and 0.5 is to be reached.
AIMED = replace(PLANNED, target=0.5)
STEP = Estimate(0.002, 0.0019, 0.0021)


def training(*scores, last=0.4):
    """Return a training of ten steps that was scored after each second one."""
    seen = [(2 * k, score) for k, score in enumerate(scores, 1)]
    return replace(TRAINED, scores=seen, score=last)


def found(*trainings, planned=AIMED, step=STEP, compile_s=0.5, seeds=None):
    learnt = Trained(trainings, seeds or len(trainings))
    return to_target(planned, learnt, step, compile_s)


def test_it_is_reached_where_that_was_first_seen():
    one = found(training(0.9, 0.5, 0.6, 0.4))
    assert (one["target_score"], one["target_reached"]) == (0.5, "1 of 1")
    assert one["target_steps"] == Estimate(4.0)
    assert one["target_s"] == Estimate(pytest.approx(0.008))
    assert one["target_compiled_s"] == Estimate(pytest.approx(0.508))


def test_what_is_better_may_be_more():
    higher = replace(AIMED, higher_is_better=True)
    assert found(training(0.2, 0.5), planned=higher)["target_steps"].value == 4


def test_all_the_held_out_data_tell_it_in_the_end():
    assert found(training(0.9, 0.8, last=0.5))["target_steps"].value == 10
    kept = replace(training(0.9, 0.8), best=6)
    assert found(kept)["target_steps"].value == 6


def test_the_mean_over_seeds_has_an_interval_as_wide_as_the_looks_are_apart():
    three = [training(0.9, 0.4), training(0.9, 0.4), training(0.9, 0.4)]
    assert found(*three)["target_steps"] == Estimate(4, 2, 4)
    spread = found(training(0.4), training(0.9, 0.4), training(0.9, 0.9, 0.4))["target_steps"]
    assert spread.value == 4
    assert spread.high == pytest.approx(4 + 4.303 * 2 / 3**0.5, rel=1e-3)
    assert spread.low == 0


def test_seconds_have_the_interval_of_both():
    seconds = found(*[training(0.9, 0.4)] * 3)["target_s"]
    assert seconds.value == pytest.approx(0.008)
    assert seconds.low == pytest.approx(0.008 * (1 - (0.5**2 + 0.05**2) ** 0.5))
    assert seconds.high == pytest.approx(0.008 * 1.05)
    whole = found(*[training(0.9, 0.4)] * 3)["target_compiled_s"]
    assert whole.low == pytest.approx(seconds.low + 0.5)


def test_a_product_has_no_interval_unless_both_have():
    assert product(Estimate(4, 2, 4), Estimate(2)) == Estimate(8)


def test_of_a_row_that_was_not_timed_undisturbed_there_are_steps_alone():
    one = found(training(0.4), step=None, compile_s=None)
    assert (one["target_steps"].value, one["target_s"], one["target_compiled_s"]) == (2, None, None)


def test_a_seed_that_does_not_reach_it_leaves_no_mean():
    one = found(training(0.4), training(0.9, last=0.6))
    assert one == {"target_score": 0.5, "target_reached": "1 of 2"}
    assert found(training(0.4), seeds=2)["target_reached"] == "1 of 1"
    assert "target_steps" not in found(training(0.4), seeds=2)


def test_without_a_target_or_a_training_there_is_nothing():
    assert found(training(0.4), planned=PLANNED) == {"target_score": None}
    assert found(replace(TRAINED, status="failed", score=None)) == {"target_score": 0.5}
