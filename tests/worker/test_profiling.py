"""A row under a profiler: its trace is one that viewers open, and its times add up."""

import json
from typing import NamedTuple

import pytest
from fake_backend import FakeBackend
from specimens import COMPARISON

from rnnbench import Backend, Profile
from rnnbench.schema.messages.opening import Open
from rnnbench.schema.messages.profiling import TakeProfile
from rnnbench.schema.messages.timing import Prepare
from rnnbench.system import threads
from rnnbench.system.energy import Energy
from rnnbench.worker import profiling
from rnnbench.worker.server import Worker

GOOD = {"ph": "X", "name": "add", "pid": 1, "tid": 2, "ts": 0.5, "dur": 2.0}


class Counting(NamedTuple):
    """A meter that has counted so much."""

    counts: bool
    used: Energy

    def read(self):
        return self.used


@pytest.fixture(scope="module")
def worker(fake_module):
    """Return a worker with a row that is ready."""
    worker = Worker(None)
    worker.attempt(Open("fake", [], threads.available()))
    worker.attempt(Prepare(COMPARISON, "good", 0))
    return worker


@pytest.fixture
def profiled(worker, tmp_path):
    """Profile two steps; return the reply and the file."""
    path = tmp_path / "trace.json"
    return lambda: (worker.attempt(TakeProfile(2, str(path))), path)


def told(*events, operation=lambda event: event["name"]):
    """Return what a profiler is, that tells of these events."""

    def profile(self, work):
        work()
        return Profile(events, operation)

    return profile


def test_a_trace_is_written_and_its_operations_add_up(profiled):
    reply, path = profiled()
    events = json.loads(path.read_bytes())["traceEvents"]
    assert reply.events == len(events) == 5
    assert {event["ph"] for event in events} == {"M", "i", "X"}
    assert all({"ts", "dur", "pid", "tid"} <= event.keys() for event in events[2:])
    step, add = reply.operations
    assert (step.name, step.calls, add.name, add.calls) == ("step", 1, "add", 2)
    assert step.seconds == pytest.approx(3 * add.seconds)
    assert step.seconds + add.seconds == pytest.approx(2 * reply.profiled_step_s, rel=0.5)
    assert reply.step_s > 0
    assert (reply.others, reply.others_s) == (0, 0)


def test_energy_is_that_of_a_step_and_none_where_nothing_counts(profiled, monkeypatch):
    monkeypatch.setattr(profiling, "Meter", lambda device: Counting(False, Energy(None, None)))
    assert (profiled()[0].cpu_j, profiled()[0].gpu_j) == (None, None)
    monkeypatch.setattr(profiling, "COUNTED_FOR", 0.0)
    monkeypatch.setattr(profiling, "Meter", lambda device: Counting(True, Energy(6.0, None)))
    assert (profiled()[0].cpu_j, profiled()[0].gpu_j) == (3.0, None)


def test_ten_operations_are_named_and_the_others_summed(profiled, monkeypatch):
    events = [GOOD | {"name": f"op {k}", "ts": 100 * k, "dur": k} for k in range(1, 14)]
    monkeypatch.setattr(FakeBackend, "profile", told(*events))
    reply, _ = profiled()
    assert [one.name for one in reply.operations] == [f"op {k}" for k in range(13, 3, -1)]
    assert (reply.others, reply.others_s) == (3, pytest.approx(6e-6))


def test_threads_are_told_apart_and_what_is_no_operation_is_not_counted(profiled, monkeypatch):
    events = GOOD, GOOD | {"tid": 3, "dur": 1.0}, GOOD | {"name": "wait", "dur": 9.0}

    def operation(event):
        return None if event["name"] == "wait" else event["name"]

    monkeypatch.setattr(FakeBackend, "profile", told(*events, operation=operation))
    (add,) = profiled()[0].operations
    assert (add.calls, add.seconds) == (2, pytest.approx(3e-6))


def test_a_backend_without_a_profiler_says_so(profiled, monkeypatch):
    monkeypatch.setattr(FakeBackend, "profile", Backend.profile)
    reply, path = profiled()
    assert (reply.status, reply.reason) == ("unsupported", "fake has no profiler")
    assert not path.exists()


@pytest.mark.parametrize(
    "event",
    [
        {},
        GOOD | {"ph": "?"},
        GOOD | {"ph": ["X"]},
        GOOD | {"name": 3},
        GOOD | {"pid": None},
        GOOD | {"ts": float("nan")},
        GOOD | {"dur": -1},
        {key: value for key, value in GOOD.items() if key != "dur"},
        {"ph": "M", "name": "process_name", "pid": 1},
        "X",
    ],
)
def test_what_is_no_trace_is_not_written(profiled, monkeypatch, event):
    monkeypatch.setattr(FakeBackend, "profile", told(GOOD, event))
    reply, path = profiled()
    assert reply.status == "failed"
    assert "backend 'fake' of fake_plugin" in reply.reason
    assert "profile()" in reply.reason
    assert not path.exists()


@pytest.mark.parametrize("times", [0, 2])
def test_the_work_is_done_once(profiled, monkeypatch, times):
    def profile(self, work):
        for _ in range(times):
            work()
        return Profile([GOOD], lambda event: "add")

    monkeypatch.setattr(FakeBackend, "profile", profile)
    reply, _ = profiled()
    assert f"ran its work {times} times, not once" in reply.reason
