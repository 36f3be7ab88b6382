"""Memory that a process keeps costs no page faults."""

import os
import subprocess
import sys

import pytest

from rnnbench.system import allocator

#: Allocates, fills and frees 40 MiB, more than glibc ever keeps by itself, and prints the page
#: faults of five times.
PROGRAM = """
import resource
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def again():
    for _ in range(5): bytearray(b"x") * (40 << 20)
again(); before = faults(); again(); print(faults() - before)
"""


@pytest.mark.skipif(not allocator.can_keep(), reason="the C library is not glibc")
@pytest.mark.parametrize(("wanted", "many"), [("kept", False), ("default", True)])
def test_a_process_that_keeps_its_memory_takes_no_page_faults(wanted, many):
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", PROGRAM]
    environment = plain | allocator.environment(wanted)
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (int(ended.stdout) > 50) is many


def test_another_c_library_has_none(monkeypatch):
    monkeypatch.setattr(allocator.os, "confstr", lambda name: None)
    assert not allocator.can_keep()
