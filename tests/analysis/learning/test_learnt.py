"""Whether anything was learnt, by the losses and the scores that were recorded."""

import pytest
from msgspec.structs import replace
from specimens import PLANNED, TRAINED

from rnnbench.analysis.learning.learnt import learning
from rnnbench.analysis.learning.scores import Trained

#: The naive loss is 0.9, and the naive score 1, of which less is better.
CURVE = [(1, 2.0), (5, 1.0), (10, 0.5)]


def judged(*trainings, planned=PLANNED):
    records = [replace(TRAINED, curve=curve, score=score) for curve, score in trainings]
    return learning(planned, Trained(records, len(records)))


@pytest.mark.parametrize(
    ("last", "score", "word"),
    [
        (0.5, 0.4, "learned"),
        (1.5, 0.4, "learned"),  # of one batch; what counts is the score
        (0.5, 1.0, "not better than naive"),
        (1.5, 1.2, "not better than naive"),
        (2.0, 1.2, "not better than naive"),
        (2.1, 1.2, "diverged"),
        (2000.0, 1000.0, "diverged"),
        (2000.0, 0.4, "diverged"),
    ],
)
def test_a_training_is_held_against_its_begin_and_against_who_knows_nothing(last, score, word):
    assert judged(([*CURVE[:2], (10, last)], score)) == word


def test_of_scores_the_larger_may_be_the_better():
    higher = replace(PLANNED, higher_is_better=True)
    assert judged((CURVE, 1.1), planned=higher) == "learned"
    assert judged((CURVE, 0.9), planned=higher) == "not better than naive"


def test_a_loss_of_one_batch_may_be_above_the_first_and_above_the_naive_one():
    assert judged(([(1, 0.9), (10, 1.0)], 0.4)) == "learned"
    assert judged(([(1, 0.9), (10, 1.7)], 1.0)) == "not better than naive"
    assert judged(([(1, 0.9), (10, 1.9)], 1.0)) == "diverged"


def test_one_seed_that_diverged_is_told_and_otherwise_the_mean_of_the_scores_counts():
    assert judged((CURVE, 0.4), ([(1, 2.0), (10, 9.0)], 0.4)) == "diverged"
    assert judged((CURVE, 0.4), (CURVE, 1.5)) == "learned"
    assert judged((CURVE, 0.4), (CURVE, 1.7)) == "not better than naive"


@pytest.mark.parametrize("naive", [0.0, 1e-16, -1e-16])
def test_where_the_naive_predictor_makes_no_mistake_there_is_nothing_to_learn(naive):
    assert judged((CURVE, 0.4), planned=replace(PLANNED, naive_loss=naive)) == "nothing to learn"


def test_of_what_was_not_finished_nothing_is_said():
    failed = replace(TRAINED, status="failed", curve=[], score=None)
    assert learning(PLANNED, Trained([failed], 1)) is None
    assert learning(PLANNED, Trained([], 0)) is None
    assert learning(PLANNED, Trained([failed, TRAINED], 2)) == "learned"
