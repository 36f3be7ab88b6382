import math

import msgspec
import pytest
from specimens import FAST

from rnnbench.running.inference.proof import judge
from rnnbench.running.inference.streamed_process import StreamedProcess
from rnnbench.running.inference.streaming import FEWEST, MOST, block_of, note, recorded
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.inference import StreamPrepared
from rnnbench.schema.records.streaming import RowStreaming
from rnnbench.schema.sample import Sample, StreamTurn

WALL = 50_000_000


def process(number=0):
    return StreamedProcess(Slot(FAST, number), StreamPrepared(25, "loop", 0.1, 1e-4), 500)


def turn(calls=500, wall=WALL, median=1e5):
    return StreamTurn(Sample(calls, wall, wall, 0), median, 2 * median)


def judged(said, took, longest=None):
    one = process()
    for _ in range(6):
        note(one, said, took, longest or took)
    return one.claims.judged()


def test_a_block_has_steps_enough_for_a_percentile_and_few_enough_for_the_oracle():
    assert [block_of(step_s) for step_s in (1e-7, 1e-4, 1.0)] == [MOST, 500, FEWEST]


def test_an_honest_process_is_believed():
    assert judged(turn(), 0.052) is None


def test_who_hears_late_that_a_block_begins_accuses_nobody():
    assert judged(turn(), 0.047, longest=0.06) is None


@pytest.mark.parametrize(
    ("said", "took", "told"),
    [
        (turn(calls=499), 0.052, "asked for 500 steps, and says that it took 499"),
        (turn(), 0.03, "says 50 ms of what took 30 ms here"),
        (turn(median=1e7), 0.052, "says 50 ms of what took 52 ms here"),
        (turn(), 0.1, "its clock is not ours"),
    ],
)
def test_what_can_not_be_true_is_a_failure(said, took, told):
    assert told in judged(said, took).reason


def test_a_process_that_is_far_from_the_whole_has_failed():
    one = process()
    judge(one, 3, 5e-5, 1e-4)
    assert (one.error, one.failure) == (5e-5, None)
    judge(one, 4, 2e-4, 1e-4)
    assert one.failure.status == "mismatch"
    assert "in round 4 the outputs differ from the oracle's by 2.0e-04" in one.failure.reason
    assert recorded(FAST, [process(), one]).processes == []
    judge(one, 5, float("nan"), 1e-4)
    assert one.failure.status == "mismatch"


def test_a_record_has_the_turns_of_each_process():
    own = [process(0), process(1)]
    for number, one in enumerate(own):
        one.turns.append(turn(wall=WALL + number))
        one.error = number * 1e-7
    found = recorded(FAST, own)
    assert [turns[0].sample.wall_ns for turns in found.processes] == [WALL, WALL + 1]
    assert (found.status, found.error) == ("ok", 1e-7)


@pytest.mark.parametrize("allowed", [1e-4, math.inf])
def test_outputs_that_are_no_numbers_are_a_failed_row_that_can_be_recorded(allowed):
    """An oracle that overflows as the row does leaves nothing to hold it against."""
    one = process()
    one.turns.append(turn())
    judge(one, 1, math.inf, allowed)
    row = recorded(FAST, [one])
    assert row.status == "mismatch"
    assert "are no finite numbers" in row.reason
    assert msgspec.json.decode(msgspec.json.encode(row), type=RowStreaming) == row
