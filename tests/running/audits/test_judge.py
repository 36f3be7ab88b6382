"""Who is found in one round."""

import pytest
from audited import constant, judged, process
from msgspec.structs import replace

from rnnbench.running.audits import following
from rnnbench.running.audits.judge import PATHS


def test_who_is_right_has_a_small_error_and_who_is_not_is_a_mismatch(built):
    honest, liar = process("honest", built), process("liar", built, constant)
    judged(built, honest, liar)
    assert honest.failure is None
    assert 0 < honest.audited.error < 1e-5
    assert liar.failure.status == "mismatch"
    assert "in round 1 the loss of step" in liar.failure.reason
    assert "differs from the oracle by" in liar.failure.reason
    assert liar.failure.parity_error > 1e-4


def test_one_alone_is_held_against_the_oracle(built):
    liar = process("liar", built, constant)
    judged(built, liar)
    assert "differs from the oracle by" in liar.failure.reason


def test_what_the_oracle_does_not_reach_is_held_against_the_other_rows(built, monkeypatch):
    monkeypatch.setattr(following, "BEST_RATE", 0)
    honest = [process(name, built, backend=name) for name in ("one", "two")]
    liar = process("liar", built, constant)
    judged(built, *honest, liar)
    assert [row.failure for row in honest] == [None, None]
    assert "differs from the other rows by" in liar.failure.reason


@pytest.mark.parametrize("others", [1, 2])
def test_where_neither_oracle_nor_two_backends_tell_what_rounding_does_nobody_is_convicted(
    built, monkeypatch, others
):
    monkeypatch.setattr(following, "BEST_RATE", 0)
    rows = [process(str(k), built) for k in range(others)] + [process("far", built, constant)]
    judged(built, *rows)
    assert [row.failure for row in rows] == [None] * (1 + others)
    assert not rows[-1].followed


def test_what_could_be_judged_is_known_of_each_row(built):
    honest, liar = process("honest", built), process("liar", built, constant)
    judged(built, honest, liar)
    assert honest.followed
    assert liar.followed


def off_at_times(built, monkeypatch, times):
    """Have the oracle, set off, leave the right path in so many of its draws alone."""
    computed, asked = following.Follower.computed, []

    def sometimes(follower, dtype, make=None):
        if make is None:
            return computed(follower, "float64")
        asked.append(make)
        found = computed(follower, "float64")
        if len(asked) in times:
            losses = [loss + 1e-3 for loss in found.path.losses]
            found = found._replace(path=found.path._replace(losses=losses))
        return found

    monkeypatch.setattr(following.Follower, "computed", sometimes)
    return asked


def late(audited):
    """Return what tells of a last loss that is off by a little."""
    return replace(audited, losses=[*audited.losses[:-1], audited.losses[-1] + 5e-3])


@pytest.mark.parametrize("path", [1, 4, PATHS])
def test_one_of_several_paths_that_parts_as_far_excuses_and_no_more_are_computed(
    built, monkeypatch, path
):
    asked = off_at_times(built, monkeypatch, {path})
    row = process("flips", built, late)
    judged(built, row)
    assert row.failure is None
    assert len(asked) == path


def test_what_none_of_them_does_is_wrong(built, monkeypatch):
    asked = off_at_times(built, monkeypatch, {PATHS + 1})
    row = process("liar", built, late)
    judged(built, row)
    assert "the loss of step 5 differs from the oracle by" in row.failure.reason
    assert len(asked) == PATHS


def test_rows_that_make_other_numbers_of_steps_are_compared_as_far_as_both_go(built, monkeypatch):
    monkeypatch.setattr(following, "BEST_RATE", 0)
    rows = [process("few", built), process("many", built, steps=9)]
    judged(built, *rows)
    assert [row.failure for row in rows] == [None, None]


def test_nothing_is_said_of_one_alone_that_the_oracle_does_not_reach(built, monkeypatch):
    monkeypatch.setattr(following, "BEST_RATE", 0)
    alone = process("alone", built)
    judged(built, alone)
    assert (alone.failure, alone.audited) == (None, None)
