"""Which rounds are audited, and what goes wrong while they are."""

import secrets

from audited import judged, process
from specimens import COMPARISON

from rnnbench.running.audits.random_rounds import Audits
from rnnbench.schema.messages.message import Failed


def test_what_a_worker_can_t_tell_is_its_failure_and_no_round_of_others(built):
    failure = Failed("failed", "the loss is a text")
    broken, honest = process("broken", built, lambda audited: failure), process("honest", built)
    judged(built, broken, honest)
    assert broken.failure is failure
    assert honest.failure is None


def test_a_plugin_that_raises_here_proves_nothing(built):
    honest = process("honest", built)
    found = Audits([honest])
    found.collect(1)
    found.judge(lambda: 1 / 0, COMPARISON, 0, 10.0)
    assert honest.failure == Failed(
        "failed", "no audit: echo with lstm: ZeroDivisionError: division by zero"
    )


def test_rounds_are_drawn_and_the_last_is_always_audited(built, monkeypatch):
    drawn = iter([1, 0, 3])
    monkeypatch.setattr(secrets, "randbelow", lambda bound: next(drawn))
    found = Audits([process("honest", built)])
    for number in (1, 2, 3):
        found.after_round(number)
    found.after_last_round(3)
    found.after_last_round(3)
    assert [each.number for each in found.rounds] == [2, 3]


def test_a_run_without_a_whole_round_has_no_audit(built):
    found = Audits([process("honest", built)])
    found.after_last_round(0)
    found.judge(lambda: built, COMPARISON, 0, 10.0)
    assert found.rounds == []
