import os

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.doctor import cpu_checks
from rnnbench.system import denormals, threads

CPU = "sys/devices/system/cpu"
V2 = {"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/cgroup.controllers": "cpu"}


def test_a_quiet_machine_is_good(cpus):
    cpus(user=3.0, system=1.0, idle=95.0, steal=1.0)
    load, steal = cpu_checks.usage(0)
    assert (load.verdict, steal.verdict) == ("good", "good")
    assert load.found == "other processes used 4.0 % of the CPUs"


def test_the_busiest_of_the_others_are_named(cpus):
    rows = [
        (os.getpid(), "me", 400.0),
        (8, "b", 20.0),
        (7, "a", 100.0),
        (9, "c", 16.0),
        (6, "d", 9.0),
    ]
    cpus([*rows, (10, "hidden", None)], user=34.0, idle=66.0, guest=34.0)
    load, steal = cpu_checks.usage(0)
    assert load.verdict == "poor"
    names = "a (process 7) 25.0 %, b (process 8) 5.0 %, c (process 9) 4.0 %"
    assert load.found == f"other processes used 34.0 % of the CPUs: {names}"
    assert steal.verdict == "unknown"


def test_the_hypervisor_is_not_taken_for_a_process(cpus):
    cpus(user=1.0, idle=90.0, iowait=7.0, steal=2.0)
    assert [check.verdict for check in cpu_checks.usage(0)] == ["good", "poor"]


def test_cpus_that_nobody_counts_are_unknown(cpus):
    cpus(user=0.0, idle=0.0, steal=0.0)
    assert [check.verdict for check in cpu_checks.usage(0)] == ["unknown", "unknown"]


def test_a_hidden_proc_is_unknown(cpus, monkeypatch):
    def hidden(seconds):
        raise PermissionError

    cpus()
    monkeypatch.setattr(psutil, "cpu_times_percent", hidden)
    assert [check.verdict for check in cpu_checks.usage(0)] == ["unknown", "unknown"]


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
    assert getattr(cpu_checks, check)().verdict == verdict


def test_one_cpu_at_another_governor_is_seen(files):
    for cpu, governor in enumerate(("performance", "schedutil", "performance")):
        files({f"{CPU}/cpu{cpu}/cpufreq/scaling_governor": governor})
    check = cpu_checks.governor()
    assert check.verdict == "poor"
    assert "performance, schedutil" in check.found


def test_the_advice_names_the_switch(files, tmp_path):
    files({f"{CPU}/cpufreq/boost": "1"})
    switch = f"echo 0 | sudo tee {tmp_path / CPU}/cpufreq/boost"
    assert cpu_checks.turbo().advice == f"switch it off while measuring: {switch}"


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
        monkeypatch.setattr(cpu_checks, "SYS", root / "sys")
        monkeypatch.setattr(cpu_checks, "PROC", root / "proc")
        found = cpu_checks.quota().found
    assert found.startswith(f"a quota of {min(microseconds) / 100000:g} CPUs")


def test_affinity(monkeypatch):
    def refused(count):
        raise PermissionError(1, "Operation not permitted")

    for pin, verdict in ((lambda n: (3,), "good"), (lambda n: None, "unknown"), (refused, "poor")):
        monkeypatch.setattr(threads, "pin", pin)
        assert cpu_checks.affinity().verdict == verdict
    monkeypatch.setattr(threads, "pin", lambda n: (0, 1))  # it took no effect
    assert cpu_checks.affinity().verdict == "poor"


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinity here")
def test_looking_leaves_the_process_as_it_was():
    before = os.sched_getaffinity(0)
    cpu_checks.affinity()
    cpu_checks.flushing()
    assert os.sched_getaffinity(0) == before
    assert not denormals.flushed()


@pytest.mark.parametrize(("works", "verdict"), [(True, "good"), (False, "poor")])
def test_denormals(monkeypatch, works, verdict):
    monkeypatch.setattr(denormals, "flush", lambda: None)
    monkeypatch.setattr(denormals, "flushed", lambda: works)
    assert cpu_checks.flushing().verdict == verdict
