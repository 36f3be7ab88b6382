import random

import pytest

from rnnbench import timing
from rnnbench.protocol import Failed, Prepared, Turn, Turned
from rnnbench.timing import FEWEST_ROUNDS, Contestant, measure, reached, settled


class Clock:
    """Time that passes only when a player plays."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(timing, "time", made)
    return made


class Race:
    """Players that take as long as they are told, on a clock of their own."""

    def __init__(self, clock):
        self.clock = clock
        self.order = []
        self.shares = []

    def contestant(self, name, times):
        """Play with ``times(round)`` seconds per step; None fails."""
        rounds = iter(range(10**6))

        def play(turn):
            self.order.append(name)
            step = times(next(rounds))
            self.clock.now += 0.1
            return Failed("crashed", "gone") if step is None else Turned(9.0, step, step / 4)

        return Contestant(Prepared(1, 0.0, "", "", 1.0, 0.01, 0.004), play)

    def run(self, *contestants, max_time=100.0, precision=0.01, seed=0):
        rng = random.Random(seed)
        measure(contestants, max_time, precision, rng, self.shares.append)


@pytest.fixture
def race(clock):
    return Race(clock)


def jitter(scale, seed):
    rng = random.Random(seed)
    return lambda round_: scale * rng.uniform(0.5, 2.0)


def test_it_stops_when_the_ratios_are_precise(race):
    noise = random.Random(0)
    weather = [noise.uniform(1, 10) for _ in range(100)]  # the same for both in each round
    slow = race.contestant("slow", lambda k: 3.0 * weather[k])
    fast = race.contestant("fast", lambda k: 1.0 * weather[k])
    race.run(slow, fast)
    assert len(slow.turns) == len(fast.turns) == FEWEST_ROUNDS
    assert settled(slow, [slow, fast])[2].value == pytest.approx(3.0)
    assert settled(fast, [slow, fast])[2].value == 1.0


def test_it_stops_when_the_time_is_spent(race):
    race.run(race.contestant("a", jitter(1, 1)), race.contestant("b", jitter(1, 2)), max_time=5.0)
    assert len(race.order) in (50, 52)
    assert race.shares == sorted(race.shares)
    assert race.shares[-1] == 1.0


def test_a_round_is_played_however_short_the_time(race):
    alone = race.contestant("a", jitter(1, 1))
    race.run(alone, max_time=1e-9)
    assert len(alone.turns) == 1
    assert reached([alone]) is None


def test_a_row_alone_stops_when_its_time_is_precise(race):
    alone = race.contestant("a", lambda k: 1.0 + 1e-4 * k)
    race.run(alone)
    assert len(alone.turns) == FEWEST_ROUNDS
    assert 0 < reached([alone]) < 0.01


def test_a_row_that_fails_is_out_and_the_others_go_on(race):
    fails = race.contestant("fails", lambda k: 1.0 if k < 2 else None)
    a, b = race.contestant("a", jitter(1, 1)), race.contestant("b", jitter(1, 2))
    race.run(fails, a, b, max_time=6.0)
    assert fails.failure == Failed("crashed", "gone")
    assert race.order.count("fails") == 3
    assert len(a.turns) == len(b.turns) > 10


def test_it_ends_when_all_have_failed(race):
    race.run(race.contestant("a", lambda k: None), race.contestant("b", lambda k: None))
    assert sorted(race.order) == ["a", "b"]


def test_nobody_is_no_race(race):
    race.run()
    assert race.shares == []


def test_the_order_is_random_and_reproducible(clock):
    def order(seed):
        race = Race(clock)
        rows = [race.contestant(name, jitter(1, 1)) for name in "abc"]
        race.run(*rows, max_time=20.0, seed=seed)
        return race.order

    first = order(1)
    assert first == order(1)
    assert first != order(2)
    rounds = [tuple(first[k : k + 3]) for k in range(0, len(first), 3)]
    assert all(sorted(round_) == ["a", "b", "c"] for round_ in rounds)
    assert len(set(rounds)) == 6


def test_a_block_is_as_long_as_it_should_be_and_at_least_one_call():
    def turn(step, forward):
        return Contestant(Prepared(1, 0.0, "", "", 1.0, step, forward), None).turn

    assert turn(0.001, 0.0005) == Turn(50, 40)
    assert turn(3.0, 1.0) == Turn(1, 1)
