import math
import random

import numpy as np
import pytest
from msgspec.structs import replace
from specimens import CHECKED, PREPARED, samples

from rnnbench.measure.ratios import ratio
from rnnbench.running.timing import rounds
from rnnbench.running.timing.rounds import (
    FEWEST_ROUNDS,
    TimedProcess,
    round_means,
    steady_starts,
    step_times,
    take_turns,
    worst_precision,
)
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.timing import Turn, Turned
from rnnbench.schema.row import Row


class Clock:
    """Time that passes only when a process takes a turn."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(rounds, "time", made)
    return made


def prepared(step=0.01, forward=0.004):
    return replace(PREPARED, step_s=step, forward_s=forward)


def turned(milliseconds):
    (step,), (forward,) = samples([milliseconds]), samples([milliseconds / 4])
    return Turned(step, step, forward, forward)


class Race:
    """Processes that take as long as they are told, on a clock of their own."""

    def __init__(self, clock):
        self.clock = clock
        self.order = []
        self.shares = []

    def process(self, name, times):
        """Return one with ``times(round)`` milliseconds per step; None fails."""
        rounds = iter(range(10**6))

        def take_turn(turn):
            self.order.append(name)
            step = times(next(rounds))
            self.clock.now += 0.1
            return Failed("crashed", "gone") if step is None else turned(step)

        return TimedProcess(Row("fake", name), CHECKED, prepared(), take_turn)

    def run(self, *processes, max_time=100.0, precision=0.01, seed=0):
        rng = random.Random(seed)
        take_turns(processes, max_time, precision, rng, self.shares.append)


@pytest.fixture
def race(clock):
    return Race(clock)


def jitter(scale, seed):
    rng = random.Random(seed)
    return lambda round_: scale * rng.uniform(0.5, 2.0)


def test_it_stops_when_the_ratios_are_precise(race):
    noise = random.Random(0)
    weather = [noise.uniform(1, 10) for _ in range(100)]  # the same for both in each round
    slow = race.process("slow", lambda k: 3.0 * weather[k])
    fast = race.process("fast", lambda k: 1.0 * weather[k])
    race.run(slow, fast)
    assert len(slow.turns) == len(fast.turns) == FEWEST_ROUNDS
    assert ratio(step_times([slow]), step_times([fast])).estimate.value == pytest.approx(3.0)


def test_it_stops_when_the_time_is_spent(race):
    race.run(race.process("a", jitter(1, 1)), race.process("b", jitter(1, 2)), max_time=5.0)
    assert len(race.order) in (50, 52)
    assert race.shares == sorted(race.shares)
    assert race.shares[-1] == 1.0


def test_a_round_is_played_however_short_the_time(race):
    alone = race.process("a", jitter(1, 1))
    race.run(alone, max_time=1e-9)
    assert len(alone.turns) == 1
    assert worst_precision([alone]) == math.inf


def test_a_row_alone_stops_when_its_time_is_precise(race):
    alone = race.process("a", lambda k: 1.0 + 1e-4 * k)
    race.run(alone)
    assert len(alone.turns) == FEWEST_ROUNDS
    assert 0 < worst_precision([alone]) < 0.01


def test_three_processes_are_precise_when_they_agree_however_precise_each(race):
    levels = (1.0, 1.2, 1.4)
    apart = [race.process("a", lambda k, level=level: level) for level in levels]
    others = [race.process("b", lambda k: 2.0) for _ in levels]
    race.run(*apart, *others, max_time=12.0)
    assert len(race.order) in (120, 126)
    assert worst_precision([*apart, *others]) > 0.3
    assert worst_precision([apart[0], others[0]]) == pytest.approx(0.0, abs=1e-9)


def test_a_row_that_fails_is_out_and_the_others_go_on(race):
    fails = race.process("fails", lambda k: 1.0 if k < 2 else None)
    a, b = race.process("a", jitter(1, 1)), race.process("b", jitter(1, 2))
    race.run(fails, a, b, max_time=6.0)
    assert fails.failure == Failed("crashed", "gone")
    assert race.order.count("fails") == 3
    assert len(a.turns) == len(b.turns) > 10


def test_a_row_one_process_of_which_fails_is_out(race):
    fails = race.process("a", lambda k: 1.0 if k < 2 else None)
    sound = race.process("a", jitter(1, 1))
    others = [race.process("b", jitter(1, 2)) for _ in range(2)]
    race.run(sound, fails, *others, max_time=6.0)
    assert fails.failure == Failed("crashed", "gone")
    assert sound.failure is None
    assert len(sound.turns) in (2, 3)  # in the round of the failure it may have come first
    assert len(others[0].turns) == len(others[1].turns) > 10


def test_it_ends_when_all_have_failed(race):
    race.run(race.process("a", lambda k: None), race.process("b", lambda k: None))
    assert sorted(race.order) == ["a", "b"]


def test_without_processes_there_is_no_round(race):
    race.run()
    assert race.shares == []
    assert worst_precision([]) == math.inf


def test_rows_that_are_rarely_clean_together_are_not_precise():
    quiet, hit = samples([1.0]), samples([1.0], lost=2.0)
    rows = [TimedProcess(Row("fake", name), CHECKED, prepared(), None) for name in "ab"]
    for row, blocks in zip(rows, (quiet * 6 + hit * 4, hit * 4 + quiet * 6), strict=True):
        row.turns = [Turned(block, block, block, block) for block in blocks]
    assert worst_precision(rows) == math.inf  # clean together in two rounds
    rows[0].turns = rows[1].turns
    assert worst_precision(rows) == pytest.approx(0.0, abs=1e-9)


def test_the_order_is_random_and_reproducible(clock):
    def order(seed):
        race = Race(clock)
        rows = [race.process(name, jitter(1, k)) for k, name in enumerate("abc")]
        race.run(*rows, max_time=20.0, seed=seed)
        return race.order

    first = order(1)
    assert first == order(1)
    assert first != order(2)
    rounds = [tuple(first[k : k + 3]) for k in range(0, len(first), 3)]
    assert all(sorted(round_) == ["a", "b", "c"] for round_ in rounds)
    assert len(set(rounds)) == 6


def test_processes_of_one_number_take_turns_after_one_another_in_random_order(race):
    names = [f"{row}{process}" for row in "ab" for process in range(3)]
    processes = [race.process(name, jitter(1, k)) for k, name in enumerate(names)]
    for name, process in zip(names, processes, strict=True):
        process.row = Row("fake", name[0])
    race.run(*processes, max_time=60.0)
    rounds = [tuple(race.order[k : k + 6]) for k in range(0, len(race.order), 6)]
    groups = [[played[k : k + 2] for k in range(0, 6, 2)] for played in rounds]
    assert all(len({name[1] for name in group}) == 1 for three in groups for group in three)
    assert all(sorted(played) == names for played in rounds)
    assert len({tuple(group[0][1] for group in three) for three in groups}) == 6
    assert len({group for three in groups for group in three}) == 6


def test_each_row_is_told_from_where_it_is_steady(race):
    noise = random.Random(0)
    climb = race.process("climb", lambda k: 1.0 + 0.05 * k + noise.uniform(0, 0.01))
    still = race.process("still", lambda k: 1.0 + noise.uniform(0, 0.01))
    start = race.process("start", lambda k: max(1.5, 2.5 - 0.1 * k) + noise.uniform(0, 0.01))
    race.run(climb, still, start, max_time=12.0, precision=1e-9)
    steady = {row.variant: at for row, at in steady_starts([climb, still, start]).items()}
    assert steady == {"climb": None, "still": 0, "start": 20}


def test_a_row_that_failed_is_neither_steady_nor_unsteady(race):
    fails = race.process("fails", lambda k: None)
    alone = race.process("a", lambda k: 1.0)
    race.run(fails, alone)
    assert steady_starts([fails, alone]) == {alone.row: 0}


def test_the_mean_of_a_round_needs_every_row():
    found = round_means([np.array([1.0, np.nan]), np.array([3.0, 1.0])])
    np.testing.assert_array_equal(found, [2.0, np.nan])


def test_a_block_is_as_long_as_it_should_be_and_at_least_one_call():
    def turn(step, forward):
        return TimedProcess(Row("fake", "a"), CHECKED, prepared(step, forward), None).turn

    assert turn(0.001, 0.0005) == Turn(50, 40)
    assert turn(3.0, 1.0) == Turn(1, 1)
