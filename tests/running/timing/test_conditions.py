import os
import subprocess
import sys

import pytest

from rnnbench.running.timing import conditions
from rnnbench.running.timing.conditions import Monitor, gpu_strangers
from rnnbench.schema.records.timing import Round


@pytest.fixture
def smi(monkeypatch, tmp_path):
    """Put an ``nvidia-smi`` on the path that runs a line of shell; return its calls."""
    monkeypatch.setenv("PATH", str(tmp_path))
    calls = tmp_path / "calls"
    calls.touch()

    def install(line):
        script = tmp_path / "nvidia-smi"
        script.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n{line}\n')
        script.chmod(0o755)
        return calls

    return install


@pytest.fixture
def stranger():
    """A process of a group of its own."""
    code = "import time; time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    yield process.pid
    process.kill()
    process.wait()


def test_processes_of_other_groups_are_counted(smi, stranger):
    calls = smi(f"echo {os.getpid()}; echo {stranger}")
    ours = os.getpgid(0)
    assert gpu_strangers("3", {ours}) == 1
    assert gpu_strangers("3", {ours, stranger}) == 0
    assert gpu_strangers("3", set()) == 2
    assert "--id=3" in calls.read_text()


def test_a_process_that_is_not_ours_to_see_is_a_stranger(smi):
    smi("echo 999999999")
    assert gpu_strangers("0", {os.getpgid(0)}) == 1


def test_an_idle_gpu_has_no_strangers(smi):
    smi("true")
    assert gpu_strangers("0", set()) == 0


@pytest.mark.parametrize("line", ["exit 9", "echo '[Insufficient Permissions]'"])
def test_where_it_does_not_tell_it_is_not_known(smi, line):
    smi(line)
    assert gpu_strangers("0", set()) is None


def test_without_nvidia_smi_it_is_not_known(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_strangers("0", set()) is None


def test_on_a_cpu_only_the_load_is_watched(smi, monkeypatch):
    calls = smi("true")
    monkeypatch.setattr(os, "getloadavg", lambda: (1.5, 9.0, 9.0))
    assert Monitor("cpu", set()).read() == Round(1.5, None)
    assert calls.read_text() == ""


def test_without_a_load_average_there_is_none(monkeypatch):
    monkeypatch.delattr(os, "getloadavg")
    assert Monitor("cpu", set()).read() == Round(None, None)


def test_the_gpu_is_asked_now_and_then(smi, monkeypatch):
    now = iter([0.0, 0.0, 1.0, 2.5, 2.5])
    monkeypatch.setattr(conditions.time, "monotonic", lambda: next(now))
    calls = smi("echo 999999999")
    monitor = Monitor("gpu:1", set())
    assert [monitor.read().gpu_strangers for _ in range(3)] == [1, 1, 1]
    assert calls.read_text().count("--id=1 ") == 2
