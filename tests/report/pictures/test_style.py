"""How pictures look."""

from itertools import combinations

import pytest

from rnnbench.report.pictures.style import FEWEST, decades

FIGURES = [step * 10.0**power for power in range(-6, 7) for step in (1, 1.4, 2.1, 4.9, 5.2, 9.9)]


@pytest.mark.parametrize(("low", "high"), [(2, 5), (2.1, 4.9), (5.1, 9.9), (1.01, 1.02), (99, 101)])
def test_a_logarithmic_axis_has_marks_however_near_its_figures(low, high):
    marks = decades(low, high)
    assert sum(low <= mark <= high for mark in marks) >= FEWEST
    assert all(float(f"{mark:g}") == mark for mark in marks)  # round


def test_marks_between_near_figures_are_at_even_distances():
    assert decades(2.1, 4.9) == (2.5, 3, 3.5, 4, 4.5)
    assert decades(99, 101) == (99, 100, 101)


def test_there_are_never_too_few_marks_nor_too_many():
    for low, high in combinations(FIGURES, 2):
        shown = [mark for mark in decades(low, high) if low <= mark <= high]
        assert FEWEST <= len(shown) <= 14


def test_figures_far_apart_have_powers_of_ten():
    assert decades(0.5, 2e4) == (0.1, 1, 10, 100, 1000, 1e4, 1e5)
    assert decades(3, 70) == (1, 2, 5, 10, 20, 50, 100, 200, 500)
