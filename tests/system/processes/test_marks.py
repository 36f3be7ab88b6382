"""Two marks by which a process is known."""

import os
import resource
import subprocess
import sys
import time

import pytest

from rnnbench.system.processes import limits, marks, tree
from rnnbench.system.processes.marks import MARK, belongs, brand, is_branded

RUN, OTHER = "0123abc", "4567def"
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere limits can't be read")


@pytest.fixture
def start():
    """Start a process with an environment and a limit; it is ended afterwards."""
    started = []

    def call(environment, limit=None):
        def prepare():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        process = subprocess.Popen(["sleep", "60"], env=environment, preexec_fn=prepare)
        started.append(process)
        return process.pid

    yield call
    for process in started:
        process.kill()
        process.wait()


def test_a_brand_tells_the_run_and_the_worker():
    brands = {brand(f"{run}.{number}") for run in (RUN, OTHER) for number in range(1, 256)}
    assert len(brands) == 2 * 255
    assert all(limits.LARGEST_FILE - (1 << 24) <= limit <= limits.LARGEST_FILE for limit in brands)


def test_the_variable_tells_the_run_and_the_worker(start):
    pid = start({"A": "b", MARK: f"{RUN}.1", "C": "d"})
    assert marks.variable(pid) == f"{RUN}.1"
    assert belongs(pid, RUN)
    assert belongs(pid, f"{RUN}.1")
    assert not belongs(pid, f"{RUN}.10")
    assert not belongs(pid, f"{RUN}.2")
    assert not belongs(pid, OTHER)


@linux
def test_without_the_variable_the_limit_tells_them(start):
    pid = start({f"NOT_{MARK}": f"{OTHER}.1", "A": f"{MARK}={OTHER}"}, brand(f"{RUN}.7"))
    assert marks.variable(pid) is None
    assert belongs(pid, RUN)
    assert belongs(pid, f"{RUN}.7")
    assert not belongs(pid, f"{RUN}.8")
    assert not belongs(pid, OTHER)


@linux
def test_a_variable_that_was_overwritten_hides_nobody(start):
    pid = start({MARK: f"{OTHER}.1"}, brand(f"{RUN}.7"))
    assert belongs(pid, RUN)
    assert belongs(pid, f"{RUN}.7")
    assert not belongs(pid, f"{RUN}.1")


@linux
def test_where_two_runs_have_the_same_limits_the_variable_decides(start, monkeypatch):
    monkeypatch.setattr(marks, "brand", lambda mark: limits.LARGEST_FILE)
    pid = start({MARK: f"{OTHER}.1"}, limits.LARGEST_FILE)
    assert is_branded(pid, RUN)
    assert belongs(pid, OTHER)
    assert not belongs(pid, RUN)


def test_who_bears_neither_belongs_to_nobody(start):
    for limit in (None, 0, 1 << 20, limits.LARGEST_FILE + 1, limits.LARGEST_FILE - (1 << 24)):
        assert not belongs(start({}, limit), RUN)


@linux
def test_one_that_has_ended_is_known_by_its_limit_and_belongs_to_nobody(start):
    pid = start({}, brand(f"{RUN}.7"))
    os.kill(pid, 9)
    deadline = time.monotonic() + 5
    while not tree.is_zombie(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_branded(pid, RUN)
    assert not belongs(pid, RUN)


def test_one_that_is_not_there_belongs_to_nobody():
    assert not is_branded(2**31 - 1, RUN)
    assert not belongs(2**31 - 1, RUN)
