"""Memory that a process keeps costs no page faults."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnnbench.doctor.page_faults import filled
from rnnbench.system import allocator


@pytest.mark.skipif(not allocator.can_keep(), reason="the C library is not glibc")
@pytest.mark.parametrize(("wanted", "many"), [("kept", False), ("default", True)])
def test_a_process_that_keeps_its_memory_takes_no_page_faults(monkeypatch, wanted, many):
    for name in allocator.KEPT:
        monkeypatch.delenv(name, raising=False)
    assert (filled(wanted).faults > 50) is many


HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
#: Prints the page faults of another thread that fills 128 MiB once more.
IN_A_THREAD = """
import resource, threading
def fill():
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        b"x" * (128 << 20)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
thread = threading.Thread(target=fill)
thread.start()
thread.join()
"""


@pytest.mark.skipif(
    not (allocator.can_keep() and HUGE_PAGES.exists() and "[madvise]" in HUGE_PAGES.read_text()),
    reason="huge pages are not for those who ask, and for nobody else",
)
@pytest.mark.parametrize(("wanted", "many"), [("kept", False), ("default", True)])
def test_what_a_thread_maps_anew_costs_few_page_faults(monkeypatch, wanted, many):
    for name in (*allocator.KEPT, allocator.TUNABLES):
        monkeypatch.delenv(name, raising=False)
    env = os.environ | allocator.environment(wanted)
    command = [sys.executable, "-c", IN_A_THREAD]
    asked = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert (int(asked.stdout) > 16_000) is many  # half of the pages of 4 KiB


def test_what_a_user_tells_glibc_is_kept(monkeypatch):
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.check=1")
    told = allocator.environment("kept")["GLIBC_TUNABLES"]
    assert told == "glibc.malloc.check=1:glibc.malloc.hugetlb=1"


def test_another_c_library_has_none(monkeypatch):
    monkeypatch.setattr(allocator.os, "confstr", lambda name: None)
    assert not allocator.can_keep()
