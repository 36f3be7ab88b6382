import os
import threading
from pathlib import Path

import pytest

from rnnbench.measure import timer
from rnnbench.measure.timer import sample
from rnnbench.schema.sample import Sample
from rnnbench.system import counters
from rnnbench.system.counters import Counters, delays, stolen

LINUX = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="Linux counts")


class Program:
    """A program that counts how often it was waited for."""

    waits = 0

    def wait(self):
        self.waits += 1


def busy():
    sum(range(20_000))


def test_a_block_is_synchronised_at_both_ends_and_nowhere_else():
    program, calls = Program(), []
    sample(program, lambda: calls.append(program.waits), 5)
    assert calls == [1] * 5
    assert program.waits == 2


def test_a_busy_block_has_sensible_counts():
    found = sample(Program(), busy, 20)
    assert (found.calls, found.switches >= 0) == (20, True)
    assert found.wall_ns > 0
    assert found.cpu_ns > 0
    assert found.seconds == pytest.approx(found.wall_ns / 20 / 1e9)


@LINUX
def test_linux_counts_waiting_and_stolen_time():
    found = sample(Program(), busy, 20)
    assert found.delay_ns >= 0
    assert found.steal_ns >= 0
    assert found.lost == (found.delay_ns + found.steal_ns) / found.wall_ns


def test_without_evidence_nothing_is_read_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(counters, "delays", None)
    monkeypatch.setattr(counters, "stolen", None)
    found = sample(Program(), busy, 20, evidence=False)
    assert found.cpu_ns > 0
    assert found.delay_ns is found.steal_ns is found.lost is None


@pytest.mark.parametrize("after", [100, 95])
def test_a_clock_that_does_not_advance_is_an_error(monkeypatch, after):
    ticks = iter([100, after])
    monkeypatch.setattr(timer.time, "perf_counter_ns", lambda: next(ticks))
    with pytest.raises(RuntimeError, match=rf"did not advance: {after - 100} ns for 3 calls"):
        sample(Program(), busy, 3)


@pytest.mark.parametrize(
    ("delay", "steal", "lost"), [(10, 15, 0.25), (10, None, 0.1), (None, 15, 0.15), (None,) * 3]
)
def test_lost_is_the_share_of_what_is_counted(delay, steal, lost):
    assert Sample(1, 100, 100, 0, delay, steal).lost == lost


def test_a_sample_is_the_difference_of_two_readings():
    before = Counters(1000, 3, {"1": 50, "2": 70}, 400)
    after = Counters(1900, 5, {"1": 51, "2": 90}, 430)
    assert after.since(before, 7, 999) == Sample(7, 999, 900, 2, 21, 30)


def test_a_thread_that_ended_takes_its_count_along_and_a_new_one_brings_it():
    before = Counters(0, 0, {"1": 50, "ended": 1000}, 0)
    after = Counters(0, 0, {"1": 60, "new": 5}, 0)
    assert after.since(before, 1, 1).delay_ns == 15


def test_what_is_not_counted_is_none():
    nothing, all_ = Counters(0, 0, None, None), Counters(1, 1, {"1": 1}, 1)
    for before, after in ((nothing, all_), (all_, nothing)):
        found = after._replace(cpu_ns=2, switches=2).since(before, 1, 1)
        assert found.delay_ns is found.steal_ns is found.lost is None


def test_steal_that_the_kernel_takes_back_is_none_at_all():
    assert Counters(0, 0, None, 90).since(Counters(0, 0, None, 100), 1, 1).steal_ns == 0


def test_a_missing_proc_is_not_counted(monkeypatch, tmp_path):
    monkeypatch.setattr(counters, "_TASKS", tmp_path / "task")
    monkeypatch.setattr(counters, "_STAT", tmp_path / "stat")
    assert delays() is None
    assert stolen() is None
    assert sample(Program(), busy, 2).lost is None


@pytest.fixture
def tasks(monkeypatch, tmp_path):
    """A folder of threads, with what the kernel says of each; None is one that has ended."""

    def make(**texts):
        for task, text in texts.items():
            (tmp_path / task).mkdir()
            if text is not None:
                (tmp_path / task / "schedstat").write_text(text)
        monkeypatch.setattr(counters, "_TASKS", tmp_path)

    return make


def test_each_thread_has_its_own_delay(tasks):
    tasks(a="900 12 3\n", b="800 34 5\n")
    assert delays() == {"a": 12, "b": 34}


def test_a_thread_that_ends_while_it_is_read_is_left_out(tasks):
    tasks(a="900 12 3\n", ended=None)
    assert delays() == {"a": 12}


@pytest.mark.parametrize("text", ["", "900", "900 many 3", None])
def test_a_kernel_that_tells_nothing_counts_nothing(tasks, text):
    tasks(a=text)
    assert delays() is None


@LINUX
def test_threads_that_come_and_go_leave_a_count():
    def spawn():
        thread = threading.Thread(target=busy)
        thread.start()
        thread.join()

    assert sample(Program(), spawn, 20).delay_ns >= 0


def stat(tmp_path, monkeypatch, text):
    path = tmp_path / "stat"
    path.write_text(text)
    monkeypatch.setattr(counters, "_STAT", path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1, 2}, raising=False)


def test_steal_is_that_of_the_cpus_of_the_process(monkeypatch, tmp_path):
    lines = [f"cpu{name} 1 2 3 4 5 6 7 {steal} 0 0" for name, steal in (("", 99), (0, 40))]
    lines += [f"cpu{number} 1 2 3 4 5 6 7 {10 * number} 0 0" for number in (1, 2, 12)]
    stat(tmp_path, monkeypatch, "\n".join([*lines, "intr 5", "", "ctxt 7"]))
    assert stolen() == 30 * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("text", ["cpu1 1 2 3\n", "cpu1 1 2 3 4 5 6 7 eight\n"])
def test_an_old_kernel_has_no_steal(monkeypatch, tmp_path, text):
    stat(tmp_path, monkeypatch, text)
    assert stolen() is None


def test_without_affinity_there_is_no_steal(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert stolen() is None
