"""Comparisons are the same whether a default was written out or left out."""

import pytest
from msgspec.structs import replace
from pairs import row, run
from specimens import PLAN

from rnnbench.analysis.two_runs.defaults_written_out import under_one_key
from rnnbench.analysis.two_runs.sides import side

DEFAULTS = {"stack": {"dropout": 0.0, "pool": "last"}, "lstm": {"forget_bias": 1.0}}


def plan(defaults=(), tokens=False, **changes):
    planned = PLAN.comparisons[0]
    fields = {"cell": "lstm", "cell_options": {}, "network_options": {}, "embedding": 0}
    comparison = replace(planned.comparison, **fields | changes)
    one = replace(planned, comparison=comparison, tokens=tokens)
    return replace(PLAN, comparisons=[one], defaults=dict(defaults))


def keys(old, new):
    sides = [side(run(row(), plan=each), ["train-step"]) for each in (old, new)]
    found = under_one_key(*sides)
    for each in found:
        assert all(key.comparison == r.planned.comparison.key for key, r in each.rows.items())
    return [{key.comparison for key in each.rows} for each in found]


@pytest.mark.parametrize(
    "written",
    [
        {"network_options": {"dropout": 0.0}},
        {"network_options": {"dropout": 0, "pool": "last"}},
        {"cell_options": {"forget_bias": 1}},
        {"embedding": 32},
    ],
)
def test_what_makes_no_difference_may_be_written_out_on_either_side(written):
    plain = plan(DEFAULTS)
    (key,) = {plain.comparisons[0].comparison.key}
    assert keys(plan(**written), plain) == keys(plain, plan(**written)) == [{key}, {key}]


@pytest.mark.parametrize(
    "chosen",
    [
        {"network_options": {"dropout": 0.5}},
        {"network_options": {"dropout": False}},
        {"network_options": {"pool": "mean"}},
        {"cell_options": {"dropout": 0.0}},
        {"embedding": 32, "tokens": True},
    ],
)
def test_what_makes_a_difference_is_another_comparison(chosen):
    old, new = keys(plan(**chosen), plan(DEFAULTS))
    assert old.isdisjoint(new)
    assert old == {plan(**chosen).comparisons[0].comparison.key}


def test_numbers_are_the_same_however_they_are_written():
    whole, fraction = (plan(DEFAULTS, cell_options={"forget_bias": bias}) for bias in (2, 2.0))
    old, new = keys(whole, fraction)
    assert old == new == {fraction.comparisons[0].comparison.key}


def test_where_no_side_knows_the_defaults_nothing_is_left_out():
    written = plan(network_options={"dropout": 0.0})
    old, new = keys(written, plan())
    assert old.isdisjoint(new)
    assert keys(written, written) == [old, old]


def test_two_comparisons_of_one_run_stay_two():
    first, second = plan(DEFAULTS), plan(network_options={"dropout": 0.0})
    sides = [side(run(row(), plan=each), ["train-step"]) for each in (first, second)]
    both = sides[0].rows | sides[1].rows
    merged = type(sides[0])(sides[0].run, both)
    assert under_one_key(merged, sides[0])[0].rows.keys() == both.keys()
