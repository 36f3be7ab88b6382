import errno
import os
import subprocess
import sys

import pytest

from rnnbench.system import threads


def in_a_process(code, **environment):
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | environment
    ).stdout.strip()


def test_every_pool_is_told_in_the_environment():
    environment = threads.environment(3)
    assert {environment[name] for name in threads.VARIABLES} == {"3"}
    assert environment["TF_NUM_INTEROP_THREADS"] == "1"


def test_a_limit_is_read_back():
    code = "import numpy\nfrom rnnbench.system import threads\nprint(threads.limit_threads(1))"
    assert in_a_process(code) in ("1", "None")


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinity here")
def test_a_process_is_bound_to_so_many_cpus():
    code = "from rnnbench.system import threads\nprint(threads.pin(1), threads.available())"
    first = min(os.sched_getaffinity(0))
    assert in_a_process(code) == f"({first},) 1"


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinity here")
def test_available_heeds_affinity(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 5, 7})
    assert threads.available() == 3


def test_without_affinity_all_cpus_count(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert threads.available() == 6
    assert threads.pin(2) is None


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinity here")
def test_an_affinity_that_the_system_refuses_is_told_with_its_cpus(monkeypatch):
    def refuse(pid, cpus):
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {7, 0, 5})
    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    message = r"^the system refuses to bind to CPUs 0, 5: Invalid argument$"
    with pytest.raises(OSError, match=message):
        threads.pin(2)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2", 2), ("64", 3), ("", 3), ("0", 3), ("4,2", 3), ("many", 3), (None, 3)],
)
def test_a_process_knows_how_many_threads_it_was_told_to_use(monkeypatch, value, expected):
    monkeypatch.setattr(threads, "available", lambda: 3)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if value is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", value)
    assert threads.told() == expected
