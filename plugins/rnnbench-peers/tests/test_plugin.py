"""What is announced, with or without the libraries."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import entry_points

import pytest

import rnnbench_peers
from rnnbench import LSTM, Layer, NumpyBackend, Unsupported
from rnnbench_peers import targets

LIBRARIES = ("jax", "flax", "equinox", "haiku", "keras", "torch", "numpy")


@pytest.mark.parametrize("group", ["rnnbench.kernels", "rnnbench.suites"])
def test_registered(group: str) -> None:
    (point,) = entry_points(group=group, name="peers")
    assert point.load() is rnnbench_peers


def test_nothing_is_imported_to_announce_it() -> None:
    code = (
        "import sys, rnnbench_peers as peers; peers.rnnbench_kernels(); peers.rnnbench_suites(); "
        f"sys.exit(any(name in sys.modules for name in {LIBRARIES}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_target_is_there() -> None:
    for info in rnnbench_peers.rnnbench_kernels():
        module, _, name = info.target.partition(":")
        assert module == targets.__name__
        assert callable(getattr(targets, name))


def test_the_suite_has_every_variant() -> None:
    (path,) = rnnbench_peers.rnnbench_suites()
    rows = tomllib.loads(path.read_text())["backends"]
    kernels = rnnbench_peers.rnnbench_kernels()
    assert {f"{info.backend}:{info.variant}" for info in kernels} < set(rows)


def test_a_library_that_is_missing_is_told_with_what_to_install() -> None:
    make = targets.target("no_such_library", "flax_layers", "flax")
    with pytest.raises(Unsupported, match=r"pip install 'rnnbench-peers\[flax\]'"):
        make(NumpyBackend(), Layer(LSTM(), 2, 3))
