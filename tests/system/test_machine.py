import datetime
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rnnbench
from rnnbench.plugins import provenance
from rnnbench.system import machine, memory


def test_the_machine_is_described():
    found = machine.describe()
    assert found.cpu
    assert found.cpus >= 1
    assert found.memory_gib > 0
    assert found.python.endswith(".".join(map(str, sys.version_info[:3])))


def test_the_revision_is_that_of_the_checkout():
    here = subprocess.run(
        ["git", "-C", machine.__file__.rpartition("/")[0], "rev-parse", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    expected = here.stdout.strip() if here.returncode == 0 else None
    revision = provenance.git_revision()
    assert (revision.rstrip("+") if revision else None) == expected


def test_an_installed_copy_has_the_revision_of_a_checkout_that_holds_the_same(
    monkeypatch, tmp_path
):
    package, checkout = Path(rnnbench.__file__).parent, tmp_path / "checkout"
    copies = [checkout / "rnnbench", tmp_path / "installed" / "rnnbench"]
    for copy in copies:
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    author = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", *command], cwd=checkout, check=True)
    monkeypatch.setattr(provenance, "__file__", str(copies[1] / "plugins" / "provenance.py"))
    monkeypatch.chdir(checkout)
    head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert provenance.git_revision() == head.stdout.strip()
    (copies[1] / "text.py").write_text("something = 'else'")
    assert provenance.git_revision() is None


def test_without_git_there_is_no_revision(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert provenance.git_revision() is None


def test_now_is_in_utc_to_the_second():
    parsed = datetime.datetime.fromisoformat(machine.now())
    assert parsed.utcoffset() == datetime.timedelta(0)
    assert parsed.microsecond == 0
    assert abs(parsed - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(seconds=5)


@pytest.mark.skipif(sys.platform != "linux", reason="known on Linux alone")
def test_peak_memory_is_that_since_the_reset():
    big = np.ones(8 * 2**20)  # 64 MiB
    before = memory.peak_memory()
    del big
    if not memory.reset_peak_memory():
        pytest.skip("this system does not let the peak be reset")
    assert memory.peak_memory() < before - 32 * 2**20


def test_where_proc_is_missing_nothing_is_known(monkeypatch):
    def missing(*arguments, **keywords):
        raise FileNotFoundError

    monkeypatch.setattr(machine.Path, "read_text", missing)
    monkeypatch.setattr(machine.Path, "write_text", missing)
    assert memory.peak_memory() is None
    assert memory.reset_peak_memory() is False


def test_settings_are_those_of_frameworks_and_name_no_places(monkeypatch):
    for name in list(machine.settings()):
        monkeypatch.delenv(name)
    kept = {"OMP_WAIT_POLICY": "passive", "TF_ENABLE_ONEDNN_OPTS": "0", "XLA_FLAGS": "--fast"}
    left = {"TF_VAR_password": "x", "TF_CLI_CONFIG_FILE": "x", "TORCH_HOME": "x", "HOME": "x"}
    for name, value in (kept | left).items():
        monkeypatch.setenv(name, value)
    assert machine.settings() == kept
