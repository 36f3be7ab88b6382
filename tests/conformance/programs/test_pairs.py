from itertools import combinations, product

import pytest

from rnnbench.conformance.programs.pairs import pairwise

AXES = [
    ("eager", "fused", "compile"),
    ("elman", "relu", "lstm", "gru"),
    ("last", "one-hot", "deep"),
]


@pytest.mark.parametrize("sizes", [(3, 4, 3), (3, 4, 5), (2, 4, 5), (4, 3, 2, 3), (4, 4, 4, 4)])
def test_every_two_values_stand_together_in_few_combinations(sizes):
    axes = [range(size) for size in sizes]
    found = pairwise(axes)
    for first, second in combinations(range(len(sizes)), 2):
        seen = {(row[first], row[second]) for row in found}
        assert seen == set(product(axes[first], axes[second]))
    largest, next_largest, *_ = sorted(sizes, reverse=True)
    assert len(found) <= 1.5 * largest * next_largest
    assert len(set(found)) == len(found)


def test_they_are_the_same_each_time():
    assert pairwise(AXES) == pairwise(AXES)


@pytest.mark.parametrize("axes", [AXES[:1], AXES[:2]], ids=["one axis", "two axes"])
def test_two_axes_have_their_whole_product(axes):
    assert sorted(pairwise(axes)) == sorted(product(*axes))
