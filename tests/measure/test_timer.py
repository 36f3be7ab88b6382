import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from rnnbench.measure import timer
from rnnbench.measure.timer import sample
from rnnbench.schema.sample import Sample
from rnnbench.system import counters
from rnnbench.system.counters import Counters, CpuTimes, computed_by_others, cpu_times, delays

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
    assert abs(found.others_ns) < 1_000_000_000


def test_without_evidence_nothing_is_read_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(counters, "delays", None)
    monkeypatch.setattr(counters, "cpu_times", None)
    found = sample(Program(), busy, 20, evidence=False)
    assert found.cpu_ns > 0
    assert found.delay_ns is found.steal_ns is found.lost is found.others_ns is None


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


def test_a_sample_is_the_difference_of_two_readings(monkeypatch):
    monkeypatch.setattr(counters.threads, "told", lambda: 3)
    before = Counters(1000, 3, {"1": 50, "2": 70}, 400, -20, 1000)
    after = Counters(1900, 5, {"1": 51, "2": 90}, 430, -25, 1012)
    assert after.since(before, 7, 999) == Sample(7, 999, 900, 2, 21, 30, -5, 3, 12)


def test_a_thread_that_ended_takes_its_count_along_and_a_new_one_brings_it():
    before = Counters(0, 0, {"1": 50, "ended": 1000}, 0, 0)
    after = Counters(0, 0, {"1": 60, "new": 5}, 0, 0)
    assert after.since(before, 1, 1).delay_ns == 15


def test_what_is_not_counted_is_none():
    nothing, all_ = Counters(0, 0, None, None, None), Counters(1, 1, {"1": 1}, 1, 1)
    for before, after in ((nothing, all_), (all_, nothing)):
        found = after._replace(cpu_ns=2, switches=2).since(before, 1, 1)
        assert found.delay_ns is found.steal_ns is found.lost is found.others_ns is None


def test_steal_that_the_kernel_takes_back_is_none_at_all():
    assert Counters(0, 0, None, 90, None).since(Counters(0, 0, None, 100, None), 1, 1).steal_ns == 0


def test_a_missing_proc_is_not_counted(monkeypatch, tmp_path):
    monkeypatch.setattr(counters, "_TASKS", tmp_path / "task")
    monkeypatch.setattr(counters, "_STAT", tmp_path / "stat")
    assert delays() is None
    assert cpu_times() == CpuTimes()
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


TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def of_cpus(**cpus):
    """Return the lines of CPUs of which the idle time, waiting for disks and stolen time differ."""
    found = (
        f"{name} 1 2 3 {idle} {io} 6 7 {steal} 0 0" for name, (idle, io, steal) in cpus.items()
    )
    return "\n".join([*found, "intr 5", "", "ctxt 7"])


def test_the_cpus_of_the_process_count_and_no_others(monkeypatch, tmp_path):
    text = of_cpus(
        cpu=(900, 0, 99), cpu0=(50, 0, 40), cpu1=(10, 1, 2), cpu2=(20, 3, 4), cpu12=(9, 9, 9)
    )
    stat(tmp_path, monkeypatch, text)
    assert cpu_times() == CpuTimes(idle=34 * TICK, stolen=6 * TICK)


def test_of_all_cpus_the_sum_counts_which_is_rounded_once(monkeypatch, tmp_path):
    stat(tmp_path, monkeypatch, of_cpus(cpu=(32, 4, 7), cpu1=(10, 1, 2), cpu2=(20, 3, 4)))
    assert cpu_times() == CpuTimes(idle=36 * TICK, stolen=7 * TICK)


@pytest.mark.parametrize("text", ["cpu1 1 2 3\n", "cpu1 1 2 3 4 5 6 7 eight\n"])
def test_lines_that_are_not_understood_count_nothing(monkeypatch, tmp_path, text):
    stat(tmp_path, monkeypatch, text)
    assert cpu_times() == CpuTimes()


def test_an_old_kernel_has_no_steal(monkeypatch, tmp_path):
    stat(tmp_path, monkeypatch, "cpu 1 2 3 4 5 6 7\ncpu1 1 2 3 4 5 6 7\n")
    assert cpu_times() == CpuTimes(idle=9 * TICK)


def test_zeros_are_no_counts(monkeypatch, tmp_path):
    stat(tmp_path, monkeypatch, "cpu 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\n")
    assert cpu_times() == CpuTimes()


def test_without_affinity_idle_time_is_that_of_the_machine(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(psutil, "cpu_times", lambda: SimpleNamespace(idle=1.5))
    assert cpu_times() == CpuTimes(idle=1_500_000_000)


@pytest.mark.parametrize(
    ("threads", "idle", "own", "others"),
    [
        (2, 0, 200, 0),  # all is its own
        (2, 50, 150, 0),  # it leaves some to nobody
        (2, 0, 120, 80),  # others have it
        (1, 0, 100, 0),
        (1, 700, 100, -700),  # eight CPUs that it may use, and one that it does: none is missing
        (4, 0, 400, 0),  # of eight, others have the other four
        (4, 0, 350, 50),  # and a little of these
    ],
)
def test_others_have_what_a_process_needs_and_does_not_get(monkeypatch, threads, idle, own, others):
    monkeypatch.setattr(counters.threads, "told", lambda: threads)
    assert computed_by_others(100, idle, own) == others
    assert computed_by_others(100, None, own) is None


@LINUX
def test_a_process_that_spins_beside_a_block_is_seen(tmp_path):
    """On the CPU that both are bound to: on any machine, quiet or not."""
    code = "import os\nos.sched_setaffinity(0, {%d})\nwhile True: pass"
    mine = os.sched_getaffinity(0)
    cpu = min(mine)
    other = subprocess.Popen([sys.executable, "-c", code % cpu])
    try:
        os.sched_setaffinity(0, {cpu})
        end = time.monotonic() + 0.5
        found = sample(Program(), lambda: spin_until(end), 1)
    finally:
        os.sched_setaffinity(0, mine)
        other.kill()
        other.wait()
    assert found.others_ns > 0.25 * found.wall_ns


def spin_until(end):
    while time.monotonic() < end:
        pass
