from collections import namedtuple
from types import SimpleNamespace

import psutil
import pytest

from rnnbench.doctor import cpu_checks


@pytest.fixture
def files(monkeypatch, tmp_path):
    """Stands in for /sys and /proc, empty at first."""
    monkeypatch.setattr(cpu_checks, "SYS", tmp_path / "sys")
    monkeypatch.setattr(cpu_checks, "PROC", tmp_path / "proc")

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
