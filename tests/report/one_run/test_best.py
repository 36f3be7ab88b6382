"""The best of a block, and what can't be told from it."""

from msgspec.structs import replace
from specimens import RECORDS

from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import Estimate
from rnnbench.report.one_run import best

ONE = row_results(RECORDS)[0]


def rows(*ratios, **fields):
    """Return rows with these ratios, each a figure and its ends."""
    return [
        replace(ONE, ratio=Estimate(*each) if each else None, verdict=None, **fields)
        for each in ratios
    ]


def test_the_fastest_is_best_and_what_its_interval_reaches():
    found = rows((1, 1, 1), (1.01, 0.99, 1.03), (1.2, 1.1, 1.3), None)
    assert list(best.fastest(found)) == [0, 1]


def test_a_verdict_decides_where_there_is_one():
    found = rows((1, 1, 1), (1.02, 1.01, 1.03), (1.01, 0.99, 1.03))
    found[1:] = [replace(found[1], verdict="same"), replace(found[2], verdict="slower")]
    assert list(best.fastest(found)) == [0, 1]


def test_verdicts_on_another_base_do_not():
    found = rows((0.5, 0.4, 0.6), (0.55, 0.5, 0.6), (1, 1, 1))
    found[0], found[1] = (replace(one, verdict="faster") for one in found[:2])
    assert list(best.fastest(found)) == [0, 1]


def test_a_row_alone_is_no_best():
    assert list(best.fastest(rows((1, 1, 1), None))) == []


def scored(*scores, higher):
    return [
        replace(ONE, score=score and Estimate(*score), score_higher_is_better=higher)
        for score in scores
    ]


def test_the_best_score_has_its_direction_and_its_ties():
    scores = [(0.5, 0.4, 0.6), (0.9, 0.8, 1.0), (0.8, 0.75, 0.85), None]
    assert list(best.most_accurate(scored(*scores, higher=True))) == [1, 2]
    assert list(best.most_accurate(scored(*scores, higher=False))) == [0]


def test_of_single_seeds_no_score_is_best():
    assert list(best.most_accurate(scored((0.5,), (0.9,), higher=True))) == []


def test_the_table_marks_figures(shown):
    marks = [[getattr(cell, "best", False) for cell in row] for row in shown[0].rows]
    assert [row[:3] for row in marks] == [[False, True, True], [False] * 3, [False] * 3]
