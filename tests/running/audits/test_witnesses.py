"""What other rows tell where the oracle does not reach."""

import pytest
from audited import begin, judged, process
from msgspec.structs import replace
from specimens import COMPARISON

from rnnbench.oracle.audit.differences import worst
from rnnbench.oracle.parity import TOLERANCE
from rnnbench.oracle.traces import named
from rnnbench.running.audits import following
from rnnbench.running.audits.random_rounds import Audits
from rnnbench.running.audits.witnesses import AS_FAR, ROUGH, ROUNDING, TELLING, rough


def short(steps):
    """Return an oracle that follows so many steps of a block alone."""
    follow = following.trajectory
    return lambda work, begin, ends, *more: follow(work, begin, {steps}, *more)


def updated(share, built):
    """Return what tells of updates that were of another size, and of the right losses."""
    start = named("update of", begin(built).params)
    before = {name: array.reshape(-1) for name, array in start.items()}

    def change(audited):
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
    rows = [process("one", built, backend="one"), process("two", built, backend="two")]
    liar = process("liar", built, updated(share, built), backend="liar")
    found = Audits([*rows, liar])
    found.collect(1)
    if followed:
        monkeypatch.setattr(following, "trajectory", short(followed))
    else:
        monkeypatch.setattr(following, "BEST_RATE", 0)
    found.judge(lambda: built, COMPARISON, 0, 10.0)
    assert [row.failure for row in rows] == [None, None]
    assert "the update of" in liar.failure.reason
    assert "differs from the other rows by" in liar.failure.reason


def test_who_errs_as_others_do_is_excused(built, monkeypatch):
    monkeypatch.setattr(following, "BEST_RATE", 0)
    changes = [updated(1 + 0.1 * k, built) for k in range(3)]
    rows = [process(str(k), built, change, backend=str(k)) for k, change in enumerate(changes)]
    judged(built, *rows)
    assert [row.failure for row in rows] == [None] * 3


NAMES = ["loss of step 3", "update of layers.0.w_h"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_beside_others_that_agree_a_row_may_differ_by_a_hundredth(dtype, name):
    for error in (1.0, 0.5, 1.01 * ROUGH):
        allowed = rough({name: error}, {}, {name: 0.0})
        assert worst({name: error}, dtype, allowed).error > TOLERANCE[dtype]
    allowed = rough({name: 1.0}, {}, {name: 0.0})
    assert worst({name: 0.99 * ROUGH}, dtype, allowed).error < TOLERANCE[dtype]


@pytest.mark.parametrize("name", NAMES)
def test_beside_others_that_have_come_apart_it_may_differ_by_as_much_more(name):
    allowed = rough({name: 1.0}, {}, {name: 1e-3})
    assert worst({name: 0.99 * AS_FAR * 1e-3}, "float32", allowed).error < TOLERANCE["float32"]
    assert worst({name: 1.01 * AS_FAR * 1e-3}, "float32", allowed).error > TOLERANCE["float32"]


@pytest.mark.parametrize("name", NAMES)
def test_without_others_and_with_few_steps_of_the_oracle_everything_is_excused(name):
    few = {f"loss of step {k}": 1e-7 for k in range(1, TELLING)}
    assert rough({name: 9.0}, few, {})[name] == float("inf")


def test_without_others_errors_may_go_on_to_grow_and_no_faster_than_twice():
    known = {f"loss of step {k}": ROUNDING * 2**k for k in range(1, 11)}  # twice as far at each
    found = {"loss of step 12": 1.0}
    assert rough(found, known, {})["loss of step 12"] == pytest.approx(ROUNDING * 4**12)
