import os
import time
from collections import namedtuple
from types import SimpleNamespace

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.doctor import machine_checks
from rnnbench.system import counters, denormals, threads

GIB = 2**30
CPU = "sys/devices/system/cpu"
V2 = {"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/cgroup.controllers": "cpu"}


@pytest.fixture
def files(monkeypatch, tmp_path):
    """Stands in for /sys and /proc, empty at first."""
    monkeypatch.setattr(machine_checks, "SYS", tmp_path / "sys")
    monkeypatch.setattr(machine_checks, "PROC", tmp_path / "proc")

    def write(contents):
        for name, text in contents.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n")

    return write


@pytest.fixture
def cpus(monkeypatch):
    """Stands in for what the CPUs do; nothing sleeps."""

    def use(processes=(), **times):
        answer = namedtuple("times", times)(**times)
        keys = ("pid", "name", "cpu_percent")
        seen = [SimpleNamespace(info=dict(zip(keys, row, strict=True))) for row in processes]
        monkeypatch.setattr(psutil, "cpu_times_percent", lambda seconds: answer)
        monkeypatch.setattr(psutil, "process_iter", lambda attributes: iter(seen))
        monkeypatch.setattr(psutil, "cpu_count", lambda: 4)

    return use


@pytest.fixture
def nvidia(monkeypatch, tmp_path):
    """Puts a script in the place of nvidia-smi."""

    def install(script):
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return install


def test_a_quiet_machine_is_good(cpus):
    cpus(user=3.0, system=1.0, idle=95.0, steal=1.0)
    load, steal = machine_checks.usage(0)
    assert (load.verdict, steal.verdict) == ("good", "good")
    assert load.found == "other processes used 4.0 % of the CPUs"


def test_the_two_busiest_of_the_others_are_named(cpus):
    rows = [(os.getpid(), "me", 400.0), (8, "b", 20.0), (7, "a", 100.0), (9, "c", 16.0)]
    cpus([*rows, (10, "hidden", None)], user=34.0, idle=66.0, guest=34.0)
    load, steal = machine_checks.usage(0)
    assert load.verdict == "poor"
    names = "a (process 7) 25.0 %, b (process 8) 5.0 %"
    assert load.found == f"other processes used 34.0 % of the CPUs: {names}"
    assert steal.verdict == "unknown"


def test_the_hypervisor_is_not_taken_for_a_process(cpus):
    cpus(user=1.0, idle=90.0, iowait=7.0, steal=2.0)
    assert [check.verdict for check in machine_checks.usage(0)] == ["good", "poor"]


def test_cpus_that_nobody_counts_are_unknown(cpus):
    cpus(user=0.0, idle=0.0, steal=0.0)
    assert [check.verdict for check in machine_checks.usage(0)] == ["unknown", "unknown"]


def test_a_hidden_proc_is_unknown(cpus, monkeypatch):
    def hidden(seconds):
        raise PermissionError

    cpus()
    monkeypatch.setattr(psutil, "cpu_times_percent", hidden)
    assert [check.verdict for check in machine_checks.usage(0)] == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("delays", "stolen", "found"),
    [
        ({}, 0, "the time waiting for a CPU and taken by a hypervisor is counted"),
        (None, 0, "the time waiting for a CPU is not counted"),
        ({}, None, "the time taken by a hypervisor is not counted"),
        (None, None, "the time waiting for a CPU and taken by a hypervisor is not counted"),
    ],
)
def test_counters(monkeypatch, delays, stolen, found):
    monkeypatch.setattr(counters, "delays", lambda: delays)
    monkeypatch.setattr(counters, "stolen", lambda: stolen)
    check = machine_checks.counters()
    assert check.found == found
    assert check.verdict == ("poor" if "not" in found else "good")


@pytest.mark.parametrize(
    ("check", "contents", "verdict"),
    [
        ("governor", {}, "unknown"),
        ("governor", {f"{CPU}/cpu0/cpufreq/scaling_governor": "performance"}, "good"),
        ("governor", {f"{CPU}/cpu12/cpufreq/scaling_governor": "powersave"}, "poor"),
        ("turbo", {}, "unknown"),
        ("turbo", {f"{CPU}/intel_pstate/no_turbo": "1"}, "good"),
        ("turbo", {f"{CPU}/intel_pstate/no_turbo": "0"}, "poor"),
        ("turbo", {f"{CPU}/cpufreq/boost": "0"}, "good"),
        ("turbo", {f"{CPU}/cpufreq/boost": "1"}, "poor"),
        ("smt", {}, "unknown"),
        ("smt", {f"{CPU}/smt/active": "0"}, "good"),
        ("smt", {f"{CPU}/smt/active": "1"}, "poor"),
        ("quota", {}, "unknown"),
        ("quota", {"proc/self/cgroup": "4:cpu:/a"}, "unknown"),
        ("quota", {"proc/self/cgroup": "0::/"}, "unknown"),
        ("quota", V2, "good"),
        ("quota", V2 | {"sys/fs/cgroup/a/b/cpu.max": "max 100000"}, "good"),
        ("quota", V2 | {"sys/fs/cgroup/a/cpu.max": "150000 100000"}, "poor"),
    ],
)
def test_what_the_files_say(files, check, contents, verdict):
    files(contents)
    assert getattr(machine_checks, check)().verdict == verdict


def test_one_cpu_at_another_governor_is_seen(files):
    for cpu, governor in enumerate(("performance", "schedutil", "performance")):
        files({f"{CPU}/cpu{cpu}/cpufreq/scaling_governor": governor})
    check = machine_checks.governor()
    assert check.verdict == "poor"
    assert "performance, schedutil" in check.found


def test_the_advice_names_the_switch(files, tmp_path):
    files({f"{CPU}/cpufreq/boost": "1"})
    switch = f"echo 0 | sudo tee {tmp_path / CPU}/cpufreq/boost"
    assert machine_checks.turbo().advice == f"switch it off while measuring: {switch}"


@given(st.lists(st.integers(1000, 10**6), min_size=2, max_size=2))
def test_of_nested_quotas_the_lowest_holds(tmp_path_factory, microseconds):
    root = tmp_path_factory.mktemp("quota")
    group = root / "sys/fs/cgroup/a/b"
    group.mkdir(parents=True)
    (root / "proc/self").mkdir(parents=True)
    for name, text in V2.items():
        (root / name).write_text(text)
    for level, allowed in zip((group, group.parent), microseconds, strict=True):
        (level / "cpu.max").write_text(f"{allowed} 100000\n")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(machine_checks, "SYS", root / "sys")
        monkeypatch.setattr(machine_checks, "PROC", root / "proc")
        found = machine_checks.quota().found
    assert found.startswith(f"a quota of {min(microseconds) / 100000:g} CPUs")


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


def test_affinity(monkeypatch):
    def refused(count):
        raise PermissionError(1, "Operation not permitted")

    for pin, verdict in ((lambda n: (3,), "good"), (lambda n: None, "unknown"), (refused, "poor")):
        monkeypatch.setattr(threads, "pin", pin)
        assert machine_checks.affinity().verdict == verdict
    monkeypatch.setattr(threads, "pin", lambda n: (0, 1))  # it took no effect
    assert machine_checks.affinity().verdict == "poor"


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinity here")
def test_looking_leaves_the_process_as_it_was():
    before = os.sched_getaffinity(0)
    machine_checks.affinity()
    machine_checks.flushing()
    assert os.sched_getaffinity(0) == before
    assert not denormals.flushed()


@pytest.mark.parametrize(("works", "verdict"), [(True, "good"), (False, "poor")])
def test_denormals(monkeypatch, works, verdict):
    monkeypatch.setattr(denormals, "flush", lambda: None)
    monkeypatch.setattr(denormals, "flushed", lambda: works)
    assert machine_checks.flushing().verdict == verdict


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
