from itertools import cycle, islice

import numpy as np
import pytest
from fake_plugin import Echo

from rnnbench.errors import Diverged
from rnnbench.models.trees import Batch
from rnnbench.plan.build import Built
from rnnbench.system import counters
from rnnbench.worker import job, training
from rnnbench.worker.job import TRIES, Job, block, warm
from rnnbench.worker.training import CURVE_POINTS, evaluate, finite, train


class Streaming(Echo):
    """An echo whose batches go on from one another, each telling its number."""

    carries_state = True

    def training(self, batch, seed):
        for number in range(10**6):
            yield Batch(np.full((1, 1), number), None)

    def testing(self, batch):
        return [Batch(np.full((1, 1), number), np.zeros(number + 1)) for number in (0, 1, 2)]

    def measure(self, outputs, batch):
        return float(outputs) * batch.targets.size, batch.targets.size


class Adding:
    """A program whose state counts steps and whose loss and output tell what it saw."""

    waits = 0

    def train_step(self, state, batch):
        return np.array(100 * state + batch.inputs[0, 0]), state + 1

    def forward(self, state, batch):
        return np.array(100 * state + batch.inputs[0, 0]), state + 1

    def wait(self):
        self.waits += 1


class Plain:
    put = numpy = staticmethod(lambda tree: tree)


def make(task, steps=3):
    stream = cycle(islice(task.training(1, 0), job.BATCHES))
    return Job(Built(task, None, None, None), Plain(), Adding(), 1, steps, 0, stream, True)


class Independent(Streaming):
    carries_state = False


def test_the_state_is_carried_where_the_task_says_so():
    assert train(make(Streaming()), 0, print) == [(1, 0), (2, 101), (3, 202)]
    assert train(make(Independent()), 0, print) == [(1, 0), (2, 1), (3, 2)]


def test_a_timed_job_goes_round_its_batches_and_carries_the_state():
    streaming, independent = make(Streaming()), make(Independent())
    assert [int(streaming.step()) for _ in range(5)] == [0, 101, 202, 303, 400]
    assert [int(independent.step()) for _ in range(5)] == [0, 1, 2, 3, 0]


def test_training_starts_from_the_zero_state():
    timed = make(Streaming())
    timed.step()
    assert train(timed, 0, print)[0] == (1, 0)


def test_the_score_weighs_batches_by_their_size():
    assert evaluate(make(Independent()), list) == pytest.approx((0 * 1 + 1 * 2 + 2 * 3) / 6)
    assert evaluate(make(Streaming()), list) == pytest.approx((0 * 1 + 101 * 2 + 202 * 3) / 6)


@pytest.mark.parametrize("steps", [1, 7, 50, 120, 1000])
def test_a_curve_has_the_first_and_the_last_step_and_is_no_longer_than_it_should(steps):
    at = [step for step, _ in train(make(Independent(), steps), 0, print)]
    assert (at[0], at[-1]) == (1, steps)
    assert len(at) <= 2 * CURVE_POINTS + 1
    assert at == sorted(set(at))


def test_progress_is_told_now_and_then(monkeypatch):
    monkeypatch.setattr(training, "PROGRESS_INTERVAL", -1.0)
    told = []
    train(make(Independent(), 4), 0, told.append)
    assert told == [1, 2, 3, 4]


def test_an_evaluation_says_now_and_then_that_it_goes_on(monkeypatch):
    monkeypatch.setattr(training, "PROGRESS_INTERVAL", -1.0)
    told = []
    evaluate(make(Independent()), lambda: told.append("on"))
    assert told == ["on"] * 3


def test_a_block_is_one_call_apart_and_the_others_together():
    program, calls = Adding(), []
    first, rest = block(program, lambda: calls.append(program.waits), 3)
    assert calls == [1, 3, 3, 3]
    assert (first.calls, rest.calls, program.waits) == (1, 3, 4)


def test_only_a_block_is_counted_in_full(monkeypatch):
    monkeypatch.setattr(counters, "delays", lambda: {"1": 5})
    first, rest = block(Adding(), lambda: None, 3)
    assert (first.delay_ns, rest.delay_ns) == (None, 0)


@pytest.fixture
def clock(monkeypatch):
    """Have calls, and the reading of their results, take so many seconds."""

    def set_to(*calls):
        now, times = 0.0, []
        for waited, unread in calls:
            times += [now, now + waited, now + waited + unread]
            now += 1.0
        clock = iter(times)
        monkeypatch.setattr(job.time, "perf_counter", lambda: next(clock))

    return set_to


def test_warming_up_takes_time(clock):
    clock((0.01, 0.0), (0.005, 0.0), (0.003, 0.0), (0.004, 0.0), (0.001, 0.0))
    assert warm(Adding(), lambda: None) == pytest.approx(0.003)  # three calls are below 0.02 s


def test_one_long_call_is_warm_enough(clock):
    clock((0.3, 0.0))
    assert warm(Adding(), lambda: None) == pytest.approx(0.3)


def test_a_pause_of_the_machine_is_not_held_against_a_program(clock):
    clock((0.03, 0.5), (0.03, 0.0), (0.03, 0.0))
    assert warm(Adding(), lambda: None) == pytest.approx(0.03)


def test_a_program_that_does_not_wait_for_its_work_is_found(clock):
    clock(*[(0.002, 0.03)] * TRIES)
    with pytest.raises(RuntimeError, match=r"wait\(\) returns before the work is done: after 2 ms"):
        warm(Adding(), lambda: None)


def test_a_finite_number_is_kept():
    assert finite(1.5, "loss") == 1.5


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_any_other_is_a_diverged_training_that_says_where(value):
    with pytest.raises(Diverged, match="diverged: the loss at step 7 is"):
        finite(value, "loss at step 7")
