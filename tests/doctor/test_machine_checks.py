import time
from types import SimpleNamespace

import psutil
import pytest

from rnnbench.doctor import machine_checks
from rnnbench.system import counters
from rnnbench.system.counters import CpuTimes

GIB = 2**30
CPU = "sys/devices/system/cpu"
#: The times of which the check says whether they are counted.
COUNTED = ("waiting for a CPU", "taken by a hypervisor", "computed by others")


@pytest.fixture
def nvidia(monkeypatch, tmp_path):
    """Puts a script in the place of nvidia-smi."""

    def install(script):
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return install


@pytest.mark.parametrize(
    ("delays", "times", "found"),
    [
        ({}, CpuTimes(0, 0), f"{' and '.join(COUNTED)} is"),
        (None, CpuTimes(0, 0), "waiting for a CPU is not"),
        ({}, CpuTimes(0, None), "taken by a hypervisor is not"),
        ({}, CpuTimes(None, 0), "computed by others is not"),
        (None, CpuTimes(), f"{' and '.join(COUNTED)} is not"),
    ],
)
def test_counters(monkeypatch, delays, times, found):
    monkeypatch.setattr(counters, "delays", lambda: delays)
    monkeypatch.setattr(counters, "cpu_times", lambda: times)
    check = machine_checks.counters()
    assert check.found == f"the time {found} counted"
    assert check.verdict == ("poor" if "not" in found else "good")


@pytest.mark.parametrize(
    ("plugged", "verdict"), [(True, "good"), (False, "poor"), (None, "unknown")]
)
def test_battery(monkeypatch, plugged, verdict):
    state = SimpleNamespace(power_plugged=plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: state, raising=False)
    assert machine_checks.battery().verdict == verdict


def test_without_a_battery_there_is_nothing_to_say(monkeypatch):
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    assert machine_checks.battery() is None
    monkeypatch.delattr(psutil, "sensors_battery")
    assert machine_checks.battery() is None


@pytest.mark.parametrize(
    ("available", "swapped", "verdict"),
    [(8, 0, "good"), (8, 1, "good"), (1, 0, "poor"), (8, 4, "poor")],
)
def test_memory(monkeypatch, available, swapped, verdict):
    ram = SimpleNamespace(available=available * GIB, total=16 * GIB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: ram)
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(used=swapped * GIB))
    check = machine_checks.memory()
    assert check.verdict == verdict
    assert f"{available}.0 of 16.0 GiB" in check.found


@pytest.mark.parametrize(
    ("resolution", "verdict"), [(1e-9, "good"), (1e-6, "good"), (0.015, "poor")]
)
def test_clock(monkeypatch, resolution, verdict):
    info = SimpleNamespace(resolution=resolution)
    monkeypatch.setattr(time, "get_clock_info", lambda name: info)
    assert machine_checks.clock().verdict == verdict


@pytest.mark.parametrize(
    ("script", "verdict", "found"),
    [
        ("exit 0", "good", "no process"),
        ("echo '12, /usr/bin/python'; echo '13, x, y'", "poor", "python (process 12), x, y"),
        ("echo 'no driver'; exit 9", "unknown", "run it to see why"),
    ],
)
def test_gpu(nvidia, script, verdict, found):
    nvidia(script)
    check = machine_checks.gpu()
    assert check.verdict == verdict
    assert found in check.found


def test_without_a_gpu_there_is_nothing_to_say(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert machine_checks.gpu() is None


def test_what_does_not_apply_is_left_out_and_only_the_poor_get_advice(cpus, files, monkeypatch):
    cpus(user=50.0, idle=50.0)
    files({f"{CPU}/smt/active": "0"})
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    found = machine_checks.check_machine(0)
    names = [check.name for check in found]
    assert names[:2] == ["load", "steal"]
    assert len(set(names)) == len(names)
    assert not {"battery", "gpu"} & set(names)
    assert all((check.advice is not None) == (check.verdict == "poor") for check in found)
