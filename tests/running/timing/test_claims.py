"""What a worker says of its turns, on a clock that the test turns."""

import pytest
from specimens import samples

from rnnbench.running.timing import claims
from rnnbench.running.timing.claims import FEWEST, Claims
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.timing import Audited, Turn, Turned


class Clock:
    now = 100.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(claims, "time", made)
    return made


def turned(milliseconds, calls=1):
    (sample,) = samples([milliseconds])
    sample = type(sample)(calls, int(milliseconds * 1e6), *(0, 0, 0, 0))
    one = type(sample)(1, 10**6, 0, 0, 0, 0)
    return Turned(one, sample, one, one)


def taking(clock, before, during, reply):
    """Return a worker that takes so many milliseconds before it begins, and for the turn."""

    def ask(begin):
        clock.now += before / 1e3
        assert begin(Progress(0))
        clock.now += during / 1e3
        return reply

    return ask


def play(clock, turns, **options):
    found = Claims()
    for before, during, said in turns:
        found.take(Turn(1, 1), taking(clock, before, during, turned(said)))
    return found.judged()


def test_who_says_what_is_so_is_believed_however_long_it_takes_to_begin(clock):
    assert play(clock, [(500, 75, 70)] * FEWEST) is None


def test_half_a_clock_is_found_in_the_usual_turn(clock):
    found = play(clock, [(5, 103, 47)] * FEWEST)
    assert found.status == "failed"
    assert (
        "its clock is not ours: a turn takes 103 ms here, and its samples say 50 ms" in found.reason
    )


@pytest.mark.parametrize("honest", [FEWEST // 2 + 1, FEWEST])
def test_a_few_turns_that_were_held_up_are_no_lie(clock, honest):
    turns = [(5, 75, 70)] * honest + [(5, 900, 70)] * (FEWEST - honest)
    assert play(clock, turns) is None


def test_of_few_turns_all_must_be_wrong(clock):
    assert play(clock, [(5, 900, 70), (5, 75, 70)]) is None
    assert play(clock, [(5, 900, 70), (5, 901, 70)]) is not None


def test_more_time_than_has_passed_is_impossible_at_once(clock):
    found = play(clock, [(5, 75, 70), (5, 20, 70)])
    assert "says that a turn took 73 ms, which was over after 25 ms" in found.reason


def test_other_calls_than_those_asked_for_are_no_turn(clock):
    found = Claims()
    found.take(Turn(2, 1), taking(clock, 1, 75, turned(70, calls=20)))
    reason = (
        "it was asked for 2 steps and 1 forward passes after one of each, and says that it made"
    )
    assert found.judged().reason.startswith(reason)


def test_a_failure_is_handed_on_and_no_claim(clock):
    failure = Failed("crashed", "gone")
    found = Claims()
    assert found.take(Turn(1, 1), lambda begin: failure) is failure
    assert found.judged() is None


@pytest.mark.parametrize(
    ("late", "audits", "is_found"),
    [
        (0.001, FEWEST, False),
        (0.03, FEWEST, False),
        (0.06, FEWEST, True),
        (0.06, 1, False),  # a single reading may have waited for a CPU
        (0.21, 1, True),
    ],
)
def test_work_that_is_left_until_it_is_read_is_found(late, audits, is_found):
    found = Claims()
    for _ in range(audits):
        found.heard(turned(69), Audited([], {}, [], late))
    assert (found.judged() is not None) == is_found
