"""Who is found in one round."""

from audited import constant, judged, process

from rnnbench.run.audits import following


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
    rows = [process(str(k), built) for k in range(2)] + [process("liar", built, constant)]
    judged(built, *rows)
    assert [row.failure for row in rows[:2]] == [None, None]
    assert "differs from the other rows by" in rows[2].failure.reason


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
