"""Audits of processes that are programs in this one: which rounds, and who is found."""

import pytest
from msgspec.structs import replace
from specimens import CHECKED, COMPARISON, PREPARED

from rnnbench.oracle import audit
from rnnbench.plan.comparisons.build import Tasks, build
from rnnbench.plugins.registry import Registry
from rnnbench.run import audits
from rnnbench.run.audits import Audits
from rnnbench.run.rounds import TimedProcess
from rnnbench.schema.messages import Audited, Failed, Turn
from rnnbench.schema.row import Row

STEPS, DRAW = 4, 11


@pytest.fixture
def built(fake):
    return build(COMPARISON, Tasks(Registry.of([])))


def right(built, entries, steps=STEPS):
    """Return what a turn leaves behind, by the oracle in float32."""
    work = audits.work_of(built, COMPARISON, 0, [audits.AuditedRound(1, 0, [turn(steps)])])
    begin = audit.start(work.model, work.batch, DRAW, "float32")
    path = audit.trajectory(work, begin, {steps + 1}, entries, "float32", 60)
    number = audit.kept_forward(DRAW, 2)
    outputs = audit.outputs_of(work, begin, number, entries, "float32")
    params = {name: list(map(float, array)) for name, array in path.params[steps + 1].items()}
    return Audited(path.losses, params, list(map(float, outputs)), 0.0)


def turn(steps=STEPS):
    return audits.AuditedTurn(None, Turn(steps, 2, DRAW), None)


def process(name, built, change=lambda audited: audited, steps=STEPS):
    """Return a process that has taken a turn, and tells what ``change`` makes of it."""
    made = TimedProcess(
        Row("fake", name),
        CHECKED,
        PREPARED,
        None,
        audit=lambda request: change(right(built, request.entries, steps)),
    )
    made.asked = Turn(steps, 2, DRAW)
    made.claims.heard = lambda *_: None
    made.turns = [None]
    return made


def constant(audited):
    return replace(audited, losses=[audited.losses[0]] * len(audited.losses))


def judged(built, *processes, rounds=1):
    found = Audits(processes)
    for number in range(1, rounds + 1):
        found.collect(number)
    found.judge(lambda: built, COMPARISON, 0, 10.0)
    return found


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
    monkeypatch.setattr(audits, "BEST_RATE", 0)
    rows = [process(str(k), built) for k in range(2)] + [process("liar", built, constant)]
    judged(built, *rows)
    assert [row.failure for row in rows[:2]] == [None, None]
    assert "differs from the other rows by" in rows[2].failure.reason


def test_rows_that_make_other_numbers_of_steps_are_compared_as_far_as_both_go(built, monkeypatch):
    monkeypatch.setattr(audits, "BEST_RATE", 0)
    rows = [process("few", built), process("many", built, steps=9)]
    judged(built, *rows)
    assert [row.failure for row in rows] == [None, None]


def test_nothing_is_said_of_one_alone_that_the_oracle_does_not_reach(built, monkeypatch):
    monkeypatch.setattr(audits, "BEST_RATE", 0)
    alone = process("alone", built)
    judged(built, alone)
    assert (alone.failure, alone.audited) == (None, None)


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
    assert honest.failure == Failed("failed", "no audit: ZeroDivisionError: division by zero")


def test_rounds_are_drawn_and_the_last_is_always_audited(built, monkeypatch):
    drawn = iter([1, 0, 3])
    monkeypatch.setattr(audits.secrets, "randbelow", lambda bound: next(drawn))
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


def followed(built, *processes, rounds=8):
    """Return in how many rounds the oracle has trained."""
    computed, count = audits.Judge.computed, []

    def counted(judge, dtype, *more):
        count.append(dtype)
        return computed(judge, dtype, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audits.Judge, "computed", counted)
        judged(built, *processes, rounds=rounds)
    return count.count("float64")


def test_rows_of_two_backends_that_agree_are_held_against_the_oracle_in_one_round(
    built, monkeypatch
):
    monkeypatch.setattr(audits, "SHARE", 1e-9)
    other = process("other", built)
    other.row = Row("other", "honest")
    assert followed(built, process("honest", built), other) == 1


def test_variants_of_one_backend_are_no_witnesses_and_the_oracle_follows_more_rounds(
    built, monkeypatch
):
    monkeypatch.setattr(audits, "SHARE", 1e-9)
    assert followed(built, process("honest", built), process("other", built)) > 1
    assert followed(built, process("honest", built)) > 1


def test_who_errs_in_one_round_alone_is_found_though_the_others_were_followed_first(
    built, monkeypatch
):
    monkeypatch.setattr(audits, "SHARE", 1e-9)
    asked = []

    def third_time(audited):
        asked.append(audited)
        return constant(audited) if len(asked) == 3 else audited

    liar, other = process("liar", built, third_time), process("honest", built)
    other.row = Row("other", "honest")
    judged(built, liar, other, rounds=8)
    assert "in round 3 " in liar.failure.reason
    assert other.failure is None


def short(steps):
    """Return an oracle that follows so many steps of a block alone."""
    follow = audits.audit.trajectory
    return lambda work, begin, ends, *more: follow(work, begin, {steps}, *more)


def of_backend(name, built, change=lambda audited: audited):
    made = process(name, built, change, STEPS)
    made.row = Row(name, "one")
    return made


def updated(share, built):
    """Return what tells of updates that were of another size, and of the right losses."""

    def change(audited):
        begin = audits.work_of(built, COMPARISON, 0, [audits.AuditedRound(1, 0, [turn()])])
        start = audit.start(begin.model, begin.batch, DRAW, "float32").params
        before = {
            name: array.reshape(-1) for name, array in audit.named("update of", start).items()
        }
        params = {
            name: [b + share * (value - b) for value, b in zip(values, before[name], strict=True)]
            for name, values in audited.params.items()
        }
        return replace(audited, params=params)

    return change


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("followed", [0, 2])
def test_late_updates_of_another_size_are_found_where_two_other_backends_witness_it(
    built, monkeypatch, share, followed
):
    rows = [of_backend("one", built), of_backend("two", built)]
    liar = of_backend("liar", built, updated(share, built))
    found = Audits([*rows, liar])
    found.collect(1)
    if followed:
        monkeypatch.setattr(audit, "trajectory", short(followed))
    else:
        monkeypatch.setattr(audits, "BEST_RATE", 0)
    found.judge(lambda: built, COMPARISON, 0, 10.0)
    assert [row.failure for row in rows] == [None, None]
    assert "the update of" in liar.failure.reason
    assert "differs from the other rows by" in liar.failure.reason


def test_who_errs_as_others_do_is_excused(built, monkeypatch):
    monkeypatch.setattr(audits, "BEST_RATE", 0)
    rows = [of_backend(str(k), built, updated(1 + 0.1 * k, built)) for k in range(3)]
    judged(built, *rows)
    assert [row.failure for row in rows] == [None] * 3


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_called_rough_is_what_is_allowed(dtype):
    name = "update of layers.0.w_h"
    for error in (1.0, 0.5, 1.01 * audits.ROUGH):
        allowed = audits.rough({name: error}, {}, {}, dtype)
        assert audit.worst({name: error}, dtype, allowed).error > audit.TOLERANCE[dtype]
    allowed = audits.rough({name: 1.0}, {}, {}, dtype)
    assert audit.worst({name: 0.99 * audits.ROUGH}, dtype, allowed).error < audit.TOLERANCE[dtype]
