"""Two runs never time at once, and who else computes is told."""

import pytest

from rnnbench.errors import UsageError
from rnnbench.running import wait_for_machine
from rnnbench.running.wait_for_machine import look_around, our_turn
from rnnbench.schema.machine import Busy, Look
from rnnbench.system import usage
from rnnbench.system.machine_lock import VARIABLE, MachineLock

QUIET = Look(cpus=2, used=0.05, stolen=0.0)
BUSY = Look(cpus=2, used=1.9, stolen=None, busiest=[Busy("python", 12, 1.0), Busy("cc", 7, 0.9)])


@pytest.fixture
def path(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "lock"))
    return str(tmp_path / "lock")


def test_the_second_waits_and_says_for_whom_and_how_long(path, monkeypatch):
    told, slept = [], []
    clock = iter(range(0, 1000, 20))
    with MachineLock(path) as other:
        other.acquire("rnnbench run --backends all")

        def sleep(seconds):
            slept.append(seconds)
            if len(slept) == 4:
                other.__exit__(None, None, None)

        monkeypatch.setattr(wait_for_machine.time, "sleep", sleep)
        monkeypatch.setattr(wait_for_machine.time, "monotonic", lambda: next(clock))
        with our_turn(told.append), MachineLock(path) as third:
            assert not third.acquire("a third")
    assert len(told) == 2
    who = "in use by rnnbench run --backends all (process "
    assert told[0].startswith(f"waiting until the machine is free: it is {who}")
    assert told[1].startswith(f"waiting for 1 min 0 s: {who}")


def test_afterwards_it_is_free(path):
    with our_turn(print):
        pass
    with MachineLock(path) as lock:
        assert lock.acquire("next")


def test_who_does_not_wait_is_refused_in_one_line(path):
    with MachineLock(path) as other:
        other.acquire("rnnbench doctor")
        refusal = pytest.raises(UsageError, match=r"--no-wait: .* in use by rnnbench doctor \(proc")
        with refusal, our_turn(print, wait=False):
            pass


def test_where_no_lock_can_be_had_it_is_told_and_measured(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "no" / "lock"))
    told = []
    with our_turn(told.append):
        assert told[0].startswith("nothing keeps others from measuring at the same time: ")
    assert len(told) == 1


def test_others_are_named_in_a_warning(monkeypatch):
    told = []
    monkeypatch.setattr(usage, "look", lambda seconds: BUSY)
    assert look_around(told.append) == BUSY
    assert told == [
        "warning: others use 1.9 of 2 CPUs (python (process 12) 1, cc (process 7) 0.9): "
        "what is timed beside them can't be relied on"
    ]


@pytest.mark.parametrize("found", [QUIET, None])
def test_a_quiet_machine_is_nothing_to_tell(monkeypatch, found):
    monkeypatch.setattr(usage, "look", lambda seconds: found)
    assert look_around(lambda line: pytest.fail(line)) == found
