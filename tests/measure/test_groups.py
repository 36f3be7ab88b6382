import math
from itertools import chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.measure.groups import Groups, mean, median

FLOATS = st.floats(-1e3, 1e3)
GROUPS = st.lists(st.lists(FLOATS | st.just(math.nan), max_size=12), max_size=8)


@given(st.lists(st.lists(FLOATS, max_size=40), max_size=8))
def test_a_statistic_of_all_groups_is_to_the_last_bit_that_of_each(groups):
    for statistic, numpys in ((mean, np.mean), (median, np.median)):
        alone = [numpys(group) if group else math.nan for group in groups]
        np.testing.assert_array_equal(Groups.of(groups).each(statistic), alone)


@given(GROUPS)
def test_what_is_not_known_can_be_left_out(groups):
    found = Groups.of(groups).known()
    left = [[value for value in group if value == value] for group in groups]
    assert found.sizes.tolist() == [len(group) for group in left]
    assert found.values.tolist() == list(chain.from_iterable(left))


@given(GROUPS)
def test_every_sample_has_an_owner_and_a_place(groups):
    found = Groups.of(groups)
    places = [(n, place) for n, group in enumerate(groups) for place in range(len(group))]
    pairs = zip(found.owners.tolist(), found.places.tolist(), strict=True)
    assert list(pairs) == places


def test_groups_that_follow_each_other_are_joined():
    groups = Groups.of([[1.0], [2.0, 3.0], [], [4.0]])
    assert groups.joined(np.array([0, 2, 0, 2])).sizes.tolist() == [0, 3, 0, 1]
    assert groups.joined(np.array([], int)).sizes.tolist() == []


def test_samples_are_counted_by_group():
    groups = Groups.of([[1.0, 5.0], [], [7.0]])
    assert groups.count(groups.values > 4).tolist() == [1, 0, 1]
