import pytest
from adding import Adding

from rnnbench.worker.row import warm_up
from rnnbench.worker.row.warm_up import TRIES, warm


@pytest.fixture
def clock(monkeypatch):
    """Have calls, and the reading of their results, take so many seconds."""

    def set_to(*calls):
        now, times = 0.0, []
        for waited, unread in calls:
            times += [now, now + waited, now + waited + unread]
            now += 1.0
        clock = iter(times)
        monkeypatch.setattr(warm_up.time, "perf_counter", lambda: next(clock))

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
