"""What fifty installed plugins add to ``rnnbench --help``, and reading all of them takes."""

import importlib
import os
import subprocess
import sys
import time

import pytest
import strangers

from rnnbench.plugins.entry_points import installed
from rnnbench.plugins.registry import Registry

HELP = [sys.executable, "-m", "rnnbench", "--help"]


@pytest.fixture
def fifty(tmp_path):
    """Return a folder in which fifty plugins are installed."""
    strangers.write_fifty(tmp_path)
    return tmp_path


def seconds(path):
    """Return how long the help takes with a folder on the path."""
    environment = os.environ | {"PYTHONPATH": str(path)}
    start = time.perf_counter()
    subprocess.run(HELP, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def test_the_help_with_fifty_plugins(benchmark, fifty, rounds):
    """With and without, in turns; what they add is to stay below 50 ms."""
    empty = fifty / "empty"
    empty.mkdir()
    beside = []

    def both():
        without = seconds(empty)
        beside.append(seconds(fifty) - without)

    benchmark.pedantic(both, rounds=rounds, warmup_rounds=1)
    benchmark.extra_info["beside_ms"] = 1e3 * sorted(beside)[len(beside) // 2]


def test_reading_the_metadata_of_fifty_plugins(benchmark, fifty, monkeypatch):
    monkeypatch.syspath_prepend(fifty)
    importlib.invalidate_caches()
    benchmark(installed, ("rnnbench.cells",))


def test_loading_fifty_plugins(benchmark, fifty, monkeypatch):
    """Ten of each kind; their modules are imported in the first round alone."""
    monkeypatch.syspath_prepend(fifty)
    importlib.invalidate_caches()
    benchmark.pedantic(lambda: Registry.of().everything(), rounds=5, warmup_rounds=1)
