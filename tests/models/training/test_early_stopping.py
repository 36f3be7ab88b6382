import pytest

from rnnbench.models.training.early_stopping import EarlyStopping


def course(scores, patience, higher_is_better=False):
    """Return the best step and the last one, where a step has one of the scores each."""
    stopping, step = EarlyStopping(patience, higher_is_better), 0
    for step, score in enumerate(scores, 1):
        stopping.improves(step, score)
        if stopping.is_over(step):
            break
    return stopping.best, step


def test_a_training_that_becomes_better_goes_on():
    assert course([4, 3, 2, 1], 1) == (4, 4)


def test_it_stops_when_nothing_was_better_for_long():
    assert course([4, 3, 5, 3.5, 1], 2) == (2, 4)
    assert course([4, 3, 5, 3.5, 1], 3) == (5, 5)


def test_higher_may_be_better():
    assert course([0.1, 0.5, 0.4, 0.3], 2, higher_is_better=True) == (2, 4)


@pytest.mark.parametrize("better", [True, False])
def test_what_rounding_makes_better_is_not(better):
    wobble = -1e-6 if not better else 1e-6
    assert course([1, 1 + wobble, 1 + 2 * wobble], 2, better) == (1, 3)


def test_scores_below_zero():
    assert course([-1, -2, -1.5, -1.9], 2) == (2, 4)
