"""The core's tests need no framework: the plugin in ``fake/`` stands in for all of them."""

import fcntl
import importlib
import json
import math
import os
import pkgutil
import sys
import tempfile
from functools import cache
from pathlib import Path

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).parent / "fake"))  # tests import from there, as workers do

from commands import ENVIRONMENT, Ended, rnnbench

import rnnbench as package
from rnnbench.cli import main as command_line
from rnnbench.measure import disturbance
from rnnbench.plugins.registry import Registry
from rnnbench.results.work_left import Remaining
from rnnbench.system import machine_lock

HERE = Path(__file__).parent
#: Tests beside each other measure at the same time, each process of pytest with a lock of its own.
LOCK = tempfile.TemporaryDirectory()
os.environ[machine_lock.VARIABLE] = str(Path(LOCK.name) / "lock")
#: What waits for processes, starts many or computes much, the longest first.
#: `tox -e fast` does the rest.
SLOW = [
    HERE / path
    for path in (
        "cluster/trials",
        "cluster/test_local.py",
        "faults/test_kills.py",
        "conformance/test_kit.py",
        "cli/commands/measuring/test_resume.py",
        "faults/test_zoo.py",
        "faults/test_disk.py",
        "plugins/authoring",
        "cli/commands/measuring",
        "cli/commands/inference",
        "cli/commands/results/test_gate.py",
        "site",
        "api/test_notebook.py",
        "api/test_measuring.py",
        "test_documented_python.py",
        "test_documented_commands.py",
        "cli/test_exit_codes.py",
        "cli/output",
        "running",
        "faults/test_liars.py",
        "faults",
        "fuzz",
        "report/formats/test_pytest_benchmark.py",
        "doctor/test_examination.py",
        "plan/test_environments.py",
        "system/guarding",
        "models/networks/test_conformance.py",
        "measure/test_disturbance.py",
        "worker/data/test_held_data.py",
        "cli/plugins/test_show.py",
        "worker/test_server.py",
        "measure/test_verdicts.py",
        "analysis/test_growth.py",
        "report/pictures/test_drawing.py",
        "report/formats/test_latex.py",
        "worker/test_own_net.py",
        "cli/commands/results/test_plot.py",
        "cli/commands/results/test_pages.py",
        "worker/row/test_memory.py",
        "results/test_json_schema.py",
        "measure/test_estimates.py",
        "oracle/test_parity.py",
        "oracle/test_backend.py",
        "cli/commands/test_list.py",
        "cli/commands/results/test_show.py",
        "contracts/recurrences/test_parallel.py",
        "measure/test_scores.py",
        "analysis/test_read_rows.py",
        "integration",
    )
]
if gone := [str(path) for path in SLOW if not path.exists()]:
    raise FileNotFoundError(f"{', '.join(gone)}: {__file__} names what is not there")

# The same examples each time; others are drawn by `tox -e nightly`.
hypothesis.settings.register_profile(
    "core", deadline=None, max_examples=50, derandomize="RNNBENCH_NIGHTLY" not in os.environ
)
hypothesis.settings.load_profile("core")


def pytest_unconfigure():
    LOCK.cleanup()


@cache  # files have many tests, and each process asks for all of them
def rank(path):
    """Return where a file stands among the slow ones, behind them where it is none."""
    return next((k for k, slow in enumerate(SLOW) if path.is_relative_to(slow)), len(SLOW))


def pytest_collection_modifyitems(items):
    """Mark what is slow, and begin with it: two processes then end at about the same time."""
    for item in items:
        if rank(item.path) < len(SLOW) or "shared_run" in item.fixturenames:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: rank(item.path))


@pytest.fixture(scope="session", autouse=True)
def every_module():
    """Import all of rnnbench: a module that is first imported beside a patch would keep it."""
    for module in pkgutil.walk_packages(package.__path__, "rnnbench."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def use_fake(monkeypatch):
    """Have the fake plugin asked for, here and in workers."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("RNNBENCH_DEBUG", raising=False)


@pytest.fixture
def believed(monkeypatch):
    """Have matrix products measured in runs that are over at once, too."""
    monkeypatch.setattr(Remaining, "tried", False)


@pytest.fixture
def fake(monkeypatch):
    use_fake(monkeypatch)


@pytest.fixture(scope="module")
def fake_module():
    """The same for what the tests of a module share."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_fake(monkeypatch)
        yield


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


@pytest.fixture
def undisturbed(monkeypatch):
    """What others computed sets no block aside in this process, however busy the machine is."""
    for limit in ("LIMIT", "MOST", "FLOOR"):
        monkeypatch.setattr(disturbance, limit, math.inf)


@pytest.fixture(scope="session")
def out(tmp_path_factory):
    """The folder of the shared run, the same for the processes of one pytest."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "results"


@pytest.fixture(scope="session")
def shared_run(out):
    """One run with every variant of the fake backend, for the tests that only look at it.

    The first process that needs it makes it; the others wait.
    """
    with out.with_suffix(".json").open("a+") as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        kept.seek(0)
        if told := kept.read():
            return Ended(*json.loads(told))
        # Until there are rounds enough to rank the rows, however busy the machine.
        enough = ("--precision", "99%", "--max-time", "10")
        what = ("--suite", "tiny", "--backends", "fake:all,ghost")
        ended = rnnbench("run", *what, *enough, "--out", out)
        json.dump(ended, kept)
    return ended


@pytest.fixture(scope="session")
def rows(shared_run, out):
    """The objects that `show --json` prints of the shared run, by variant."""
    shown = rnnbench("show", "--json", "--out", out)
    assert (shown.code, shown.err) == (0, "")
    return {row["variant"]: row for row in json.loads(shown.out)}
