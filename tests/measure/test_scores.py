"""Verdicts between scores."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnnbench.measure.scores import FEWEST_SEEDS, SCORE_DELTA, ScorePair, score_verdicts

#: The score of a predictor that has learnt nothing.
NAIVE = 1.0
#: What three seeds have scored, lower being better: 0.5 has been learnt.
SCORES = {0: 0.49, 1: 0.50, 2: 0.51}


def pair(row, reference=SCORES, naive=NAIVE, higher_is_better=False):
    """Return a pair, of scores by seed or in the order of the seeds from 0 on."""
    row = row if isinstance(row, dict) else dict(enumerate(row))
    return ScorePair(row, reference, naive, higher_is_better)


def shifted(by, jitter=(0.0, 0.0, 0.0)):
    """Return the scores of the reference, each moved."""
    return {seed: score + by + j for (seed, score), j in zip(SCORES.items(), jitter, strict=True)}


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (shifted(-0.1, (0.001, 0.0, -0.001)), "better"),
        (shifted(0.1, (0.001, 0.0, -0.001)), "worse"),
        (shifted(0.001, (0.001, 0.0, -0.001)), "same"),  # of 0.5 that was learnt, 0.01 is nothing
        (shifted(0.008, (1e-5, 0.0, -1e-5)), "same"),  # a difference that is real and too small
        (shifted(0.02, (0.02, 0.0, -0.02)), "undecided"),
        (SCORES, "same"),
    ],
)
def test_a_score_is_better_worse_the_same_or_undecided(row, verdict):
    assert score_verdicts([pair(row)]) == [verdict]


def test_the_better_score_is_the_higher_one_where_the_task_says_so():
    higher = shifted(0.1, (0.001, 0.0, -0.001))
    assert score_verdicts([pair(higher, naive=0.1, higher_is_better=True)]) == ["better"]


@pytest.mark.parametrize("seeds", [0, 1, 2])
def test_fewer_than_three_seeds_have_no_verdict_and_no_difference(seeds):
    few = dict(list(SCORES.items())[:seeds])
    for short in (pair(few, few), pair(few), pair(SCORES, few)):
        assert score_verdicts([short]) == [None]
        assert short.difference is None
    assert score_verdicts([None, pair(SCORES)]) == [None, "same"]
    assert score_verdicts([]) == []


def test_seeds_are_paired_as_their_data_and_weights_are_the_same():
    """Seeds that differ by ten times what the rows do: by seed, the rows are told apart."""
    reference = {0: 0.3, 1: 0.5, 2: 0.7}
    row = {seed: score + 0.02 + 0.001 * seed for seed, score in reference.items()}
    paired = pair(row, reference)
    apart = pair({seed + 10: score for seed, score in row.items()}, reference)
    assert score_verdicts([paired]) == ["worse"]
    assert score_verdicts([apart]) == ["undecided"]
    assert paired.difference.value == pytest.approx(apart.difference.value) == pytest.approx(0.021)
    assert paired.difference.high - paired.difference.low < 0.01
    assert apart.difference.high - apart.difference.low > 0.5


def test_the_interval_of_a_difference_is_students_and_welchs():
    from scipy.stats import ttest_ind, ttest_rel

    row, reference = [0.4, 0.45, 0.43, 0.39], [0.5, 0.52, 0.47, 0.51]
    paired = pair(row, dict(enumerate(reference))).difference
    assert (paired.low, paired.high) == pytest.approx(
        ttest_rel(row, reference).confidence_interval(0.95)
    )
    apart = pair(row, {10: 0.5, 11: 0.52, 12: 0.47}).difference
    welch = ttest_ind(row, reference[:3], equal_var=False).confidence_interval(0.95)
    assert (apart.low, apart.high) == pytest.approx(tuple(welch))


def test_the_margin_is_a_share_of_what_the_reference_has_learnt():
    near = shifted(0.02, (1e-5, 0.0, -1e-5))
    assert score_verdicts([pair(near)]) == ["worse"]
    assert score_verdicts([pair(near)], delta=0.05) == ["same"]
    assert score_verdicts([pair(near, naive=2.0)]) == ["same"]


def test_identical_scores_are_the_same_even_where_nothing_was_learnt():
    naive = dict.fromkeys(range(3), NAIVE)
    assert score_verdicts([pair(naive, naive)]) == ["same"]
    assert score_verdicts([pair({0: 1.0, 1: 1.0, 2: 1.1}, naive)]) == ["undecided"]


def test_scores_beyond_all_bounds_have_no_verdict():
    vast = pair({0: 1e308, 1: -1e308, 2: 1e300})
    assert (vast.difference, score_verdicts([vast])) == (None, [None])


#: Scores of some seeds, each with how far another row is from it; in thousandths.
scores = st.lists(st.tuples(st.integers(1, 999), st.integers(-50, 50)), min_size=3, max_size=6)


@given(scores, st.floats(0.0, 1.0), st.floats(0.01, 0.2))
def test_an_accuracy_and_an_error_rate_are_judged_alike(found, naive, delta):
    base = {seed: score / 1000 for seed, (score, _) in enumerate(found)}
    row = [(score + shift) / 1000 for score, shift in found]
    assume(row != list(base.values()))
    accuracy = pair(row, base, naive, higher_is_better=True)
    rate = pair([1 - one for one in row], {s: 1 - one for s, one in base.items()}, 1 - naive)
    percent = pair([100 * x for x in row], {s: 100 * x for s, x in base.items()}, 100 * naive, True)
    judged = score_verdicts([accuracy], delta)
    assume(accuracy.effect.error > 1e-6)  # else it is the rounding that tells
    assert score_verdicts([rate], delta) == score_verdicts([percent], delta) == judged


@given(scores)
def test_a_row_and_its_reference_change_their_roles(found):
    base = {seed: score / 1000 for seed, (score, _) in enumerate(found)}
    row = {seed: (score + shift) / 1000 for seed, (score, shift) in enumerate(found)}
    (here,), (there,) = score_verdicts([pair(row, base)]), score_verdicts([pair(base, row)])
    turned = {"better": "worse", "worse": "better"}
    if "same" not in (here, there):  # the margins are of two references
        assert there == turned.get(here, here)


#: How many tables are simulated, and 5 % of them and three standard errors.
TABLES = 1000
FEW = 0.05 * TABLES + 3 * math.sqrt(TABLES * 0.05 * 0.95)


def blocks(seed, rows, seeds, row_shift=0.0, spread=0.05, own=0.01, count=TABLES):
    """Yield the verdicts of simulated tables: what seeds share, and what each row adds to it."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shared = 0.5 + spread * rng.standard_normal(seeds)
        first, *others = shared + own * rng.standard_normal((rows, seeds))
        yield score_verdicts([pair(other + row_shift, dict(enumerate(first))) for other in others])


@pytest.mark.parametrize("seeds", [FEWEST_SEEDS, 5])
def test_where_nothing_differs_few_tables_claim_that_something_does(seeds):
    wrong = sum(not {"better", "worse"}.isdisjoint(table) for table in blocks(1, 5, seeds))
    assert 0 < wrong <= FEW


def test_where_scores_are_coarse_few_tables_claim_that_something_differs():
    """An accuracy over a hundred examples has differences that are equal by coincidence."""
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(TABLES):
        row, reference = np.round(0.7 + 0.01 * rng.standard_normal((2, 3)), 2)
        wrong += score_verdicts([pair(row, dict(enumerate(reference)))])[0] in ("better", "worse")
    assert wrong <= FEW


def test_where_a_difference_is_as_large_as_the_margin_few_rows_are_called_the_same():
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(TABLES):
        reference = 0.5 + 0.05 * rng.standard_normal(4)
        margin = SCORE_DELTA * abs(reference.mean() - NAIVE)
        row = reference + margin + 0.001 * rng.standard_normal(4)
        wrong += score_verdicts([pair(row, dict(enumerate(reference)))]) == ["same"]
    assert 0 < wrong <= FEW


def test_scores_that_differ_by_rounding_are_the_same_however_little_was_learnt():
    """Seeds on both sides of the naive score: whether anything was learnt can't be said."""
    reference = {0: 0.98, 1: 1.02, 2: 1.03}
    row = {seed: score + 1e-7 * seed for seed, score in reference.items()}
    assert score_verdicts([pair(row, reference)]) == ["same"]


def test_a_shift_is_found_and_its_absence_too():
    far = [table[0] for table in blocks(4, 2, 5, row_shift=0.1, own=0.01, count=200)]
    assert far.count("worse") > 190
    near = [table[0] for table in blocks(5, 2, 5, own=0.002, count=200)]
    assert near.count("same") > 190
