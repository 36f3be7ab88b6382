"""Figures as text."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import cell_text, digits, heading_of, quantity, spread, written
from rnnbench.report.tables import Column, Quantity

VALUES = st.floats(1e-3, 1e6)


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (12.345, 12.1, 12.6, "12.3 ±0.3"),
        (12.345, 11.2, 13.5, "12 ±1"),
        (12.345, 9.0, 15.0, "12 [9.0, 15]"),
        (0.0024, -0.0001, 0.0049, "0.0024 [-0.00010, 0.0049]"),
        (0.012345, 0.0122, 0.0125, "0.0123 ±0.0002"),
        (1234.5, 1200.0, 1300.0, "1234 ±66"),
        (6653.0, 5085.0, 8221.0, "6700 ±1600"),
        (99960.0, 99801.0, 100119.0, "99960 ±160"),
        (1.5, 1.5, 1.5, "1.500 ±0.000"),
        (1.57, None, None, "~1.6"),
        (9.96, None, None, "~10"),
        (None, None, None, "–"),
    ],
)
def test_an_interval_has_the_digits_it_can_defend(value, low, high, text):
    assert written(Quantity(value, low, high, "estimate")) == text


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Quantity(12.345), "12"),
        (Quantity(12.345, 9.0, 15.0), "12"),
        (Quantity(1.26e-7, form="scientific"), "1.3e-07"),
        (Quantity(12.345, 9.0, 15.0, "symmetric"), "12 ±3"),
        (Quantity(12.345, 9.0, 15.0, "range"), "12.3 [9.0, 15.0]"),
        (Quantity(1.5, 1.25, 2.0, "power"), "1.50 [1.25, 2.00]"),
        (Quantity(1.5, None, None, "power", least=0.01, most=4.0), "1.50 [<0.01, >4]"),
        (Quantity(0.004, least=0.01), "<0.01"),
        (Quantity(None, least=0.01), "–"),
        (Quantity(1.5, form="estimate", digits=3), "~1.50"),
    ],
)
def test_a_figure_is_written_in_its_form(figure, text):
    assert written(figure) == cell_text(figure) == text


@given(VALUES, st.floats(1e-4, 0.5))
@example(0.001953125, 0.015625)
def test_rounding_moves_a_value_by_less_than_its_interval(value, share):
    estimate = Estimate(value, value * (1 - share), value * (1 + share))
    shown = float(written(quantity(estimate)).split()[0])
    assert abs(shown - value) <= max(value * share, 5.1e-4 * value)


def test_a_spread_does_not_look_like_the_one_beside_it():
    share = 0.0202
    assert spread(share) == spread(0.02) == "±2 %"
    assert spread(share, beside=0.02) == "±2.02 %"
    assert spread(0.2, beside=0.02) == "±20 %"


@given(VALUES)
def test_digits_are_significant_and_plain(value):
    text = digits(value, 3)
    assert "e" not in text
    assert float(text) == pytest.approx(value, rel=5.1e-3)


def test_a_heading_has_an_arrow_and_what_it_is_held_against():
    assert heading_of(Column("score", "error", better="lower")) == ("error ↓", "")
    assert heading_of(Column("peak_memory_mib", "memory", "MiB")) == ("memory", "MiB")
    naive = Quantity(0.125, digits=3)
    assert heading_of(Column("score", "recall", naive=naive, better="higher")) == (
        "recall ↑",
        "naive 0.125",
    )


def test_what_has_no_interval_has_no_spread():
    assert (spread(0.031), spread(None)) == ("±3.1 %", "unknown")
    assert not math.isfinite(Estimate(1.0).precision)
