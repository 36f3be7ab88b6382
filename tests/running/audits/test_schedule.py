"""How many rounds the oracle follows."""

import pytest
from audited import constant, judged, process

from rnnbench.running.audits import schedule
from rnnbench.running.audits.following import Follower


@pytest.fixture(autouse=True)
def _no_share_of_the_time_but_seconds_enough(monkeypatch):
    monkeypatch.setattr(schedule, "SHARE", 1e-9)
    monkeypatch.setattr(schedule, "LEAST", 3600.0)


def followed(built, *processes, rounds=8):
    """Return in how many rounds the oracle has trained."""
    computed, count = Follower.computed, []

    def counted(follower, dtype, *more):
        count.append(dtype)
        return computed(follower, dtype, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Follower, "computed", counted)
        judged(built, *processes, rounds=rounds)
    return count.count("float64")


def test_rows_of_two_backends_that_agree_are_held_against_the_oracle_in_one_round(built):
    other = process("honest", built, backend="other")
    assert followed(built, process("honest", built), other) == 1


def test_variants_of_one_backend_are_no_witnesses_and_the_oracle_follows_more_rounds(built):
    assert followed(built, process("honest", built), process("other", built)) > 1
    assert followed(built, process("honest", built)) > 1


def test_who_errs_in_one_round_alone_is_found_though_the_others_were_followed_first(built):
    asked = []

    def third_time(audited):
        asked.append(audited)
        return constant(audited) if len(asked) == 3 else audited

    liar = process("liar", built, third_time)
    other = process("honest", built, backend="other")
    judged(built, liar, other, rounds=8)
    assert "in round 3 " in liar.failure.reason
    assert other.failure is None
