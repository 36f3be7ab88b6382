"""Memory that a process keeps costs no page faults."""

import pytest

from rnnbench.doctor.page_faults import filled
from rnnbench.system import allocator


@pytest.mark.skipif(not allocator.can_keep(), reason="the C library is not glibc")
@pytest.mark.parametrize(("wanted", "many"), [("kept", False), ("default", True)])
def test_a_process_that_keeps_its_memory_takes_no_page_faults(monkeypatch, wanted, many):
    for name in allocator.KEPT:
        monkeypatch.delenv(name, raising=False)
    assert (filled(wanted).faults > 50) is many


def test_another_c_library_has_none(monkeypatch):
    monkeypatch.setattr(allocator.os, "confstr", lambda name: None)
    assert not allocator.can_keep()
