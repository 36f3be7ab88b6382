"""The core's tests need no framework: the plugin in ``fake/`` stands in for all of them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

from rnnbench import cli as command_line
from rnnbench.plugins import Registry

FAKE = str(Path(__file__).parent / "fake")
FAKE_ENVIRONMENT = {"PYTHONPATH": FAKE, "RNNBENCH_PLUGINS": "fake_plugin", "COLUMNS": "100"}

sys.path.insert(0, FAKE)  # tests import it by name, as a worker does
hypothesis.settings.register_profile("core", deadline=None, max_examples=50)
hypothesis.settings.load_profile("core")


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def rnnbench(*arguments):
    """Run the command line in a process of its own, its output piped."""
    process = subprocess.run(
        [sys.executable, "-m", "rnnbench", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | FAKE_ENVIRONMENT,
    )
    return Ended(process.returncode, process.stdout, process.stderr)


@pytest.fixture
def fake(monkeypatch):
    """The fake plugin is asked for, here and in workers."""
    for name, value in FAKE_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("RNNBENCH_DEBUG", raising=False)


@pytest.fixture
def registry(fake):
    return Registry.of()


@pytest.fixture
def cli(fake, monkeypatch, capfd):
    """The command line in this process."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["rnnbench", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        return Ended(ended.value.code or 0, *capfd.readouterr())

    return call


@pytest.fixture(scope="session")
def out(tmp_path_factory):
    """The folder of the shared run."""
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="session")
def shared_run(out):
    """One run with every variant of the fake backend, shared by all who only look at it."""
    return rnnbench("run", "--suite", "tiny", "--backends", "fake:all,ghost", "--out", out)
