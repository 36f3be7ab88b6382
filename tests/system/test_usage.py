"""Who else computes, with made-up figures of the system."""

import os
from collections import namedtuple
from types import SimpleNamespace

import psutil
import pytest

from rnnbench.schema.machine import Busy
from rnnbench.system import usage


@pytest.fixture
def cpus(monkeypatch):
    def use(processes=(), **times):
        keys = ("pid", "name", "cpu_percent")
        seen = [SimpleNamespace(info=dict(zip(keys, row, strict=True))) for row in processes]
        answer = namedtuple("times", times)(**times)
        monkeypatch.setattr(psutil, "cpu_times_percent", lambda seconds: answer)
        monkeypatch.setattr(psutil, "process_iter", lambda attributes: iter(seen))
        monkeypatch.setattr(psutil, "cpu_count", lambda: 4)

    return use


def test_the_cpus_that_others_use_are_counted_and_the_busiest_named(cpus):
    rows = [(8, "b", 20.0), (7, "a\x1b", 130.0), (os.getpid(), "me", 90.0), (9, None, None)]
    cpus([*rows, (10, "idle", 1.0)], user=30.0, system=10.0, idle=50.0, guest=30.0, steal=10.0)
    found = usage.look(0)
    assert (found.cpus, found.used, found.stolen) == (4, pytest.approx(1.6), pytest.approx(0.4))
    assert found.busiest == [Busy("a\\x1b", 7, 1.3), Busy("b", 8, 0.2)]
    assert usage.named(found.busiest) == "a\\x1b (process 7) 1.3, b (process 8) 0.2"


@pytest.mark.parametrize(
    ("times", "quiet"),
    [
        ({"user": 4.0, "idle": 96.0}, True),
        ({"user": 6.0, "idle": 94.0}, False),
        ({"user": 1.0, "idle": 96.0, "steal": 3.0}, False),
    ],
)
def test_a_little_is_quiet(cpus, times, quiet):
    cpus(**times)
    assert usage.is_quiet(usage.look(0)) == quiet


def test_what_is_hidden_is_not_known(cpus, monkeypatch):
    def hidden(seconds):
        raise PermissionError

    cpus(user=0.0, idle=0.0)
    assert usage.look(0) is None
    monkeypatch.setattr(psutil, "cpu_times_percent", hidden)
    assert usage.look(0) is None
