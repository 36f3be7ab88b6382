"""Spans less what lies within them."""

from collections import Counter

import pytest

from rnnbench.measure.self_times import Span, self_times


def total(*spans):
    found = Counter()
    for name, own in self_times(Span(*one) for one in spans):
        found[name] += own
    return found


def test_a_span_counts_without_those_within_it():
    whole, inner = ("whole", 0, 10), ("inner", 1, 4)
    assert total(("again", 6, 2), ("innermost", 2, 1), inner, whole) == {
        "whole": 4,
        "inner": 3,
        "innermost": 1,
        "again": 2,
    }


def test_what_follows_is_not_within():
    assert total(("first", 0, 2), ("second", 2, 3), ("second", 5, 1)) == {"first": 2, "second": 4}


def test_spans_with_one_beginning_lie_in_the_longer_one():
    assert total(("short", 0, 1), ("long", 0, 3)) == {"short": 1, "long": 2}


def test_a_clock_that_rounds_makes_no_time():
    found = total(("outer", 0, 2), ("inner", 1, 1.001), ("next", 2.0, 1))
    assert found == {"outer": 1, "inner": 1, "next": 1}
    assert sum(found.values()) == pytest.approx(3)


def test_nothing_has_no_times():
    assert not total()
