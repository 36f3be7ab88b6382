"""What freed memory costs."""

import subprocess

import pytest

from rnnbench.doctor import page_faults as faults
from rnnbench.doctor.page_faults import Filled, judged, page_faults
from rnnbench.system import allocator


@pytest.mark.skipif(not allocator.can_keep(), reason="the C library is not glibc")
def test_a_process_that_keeps_its_memory_takes_fewer_faults():
    assert faults.filled("kept").faults < 100 < faults.filled("default").faults
    assert "MiB that were freed before takes" in page_faults().found


def test_what_it_brings_is_told_with_the_option():
    found = judged(Filled(0.020, 16384), Filled(0.012, 0))
    assert (found.verdict, "--allocator kept" in found.advice) == ("poor", True)
    assert "20.0 ms and 16384 page faults; where memory is kept, 12.0 ms" in found.found


def test_what_brings_nothing_needs_no_advice():
    assert judged(Filled(0.0120, 16384), Filled(0.0121, 0)).verdict == "good"


def test_what_cannot_be_tried_is_unknown(monkeypatch):
    monkeypatch.setattr(faults.allocators, "can_keep", lambda: True)

    def refuse(*command, **how):
        raise subprocess.TimeoutExpired("python", 30)

    monkeypatch.setattr(subprocess, "run", refuse)
    assert page_faults().verdict == "unknown"
    monkeypatch.setattr(faults.allocators, "can_keep", lambda: False)
    assert page_faults() is None
