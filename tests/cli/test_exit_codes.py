"""The exit codes that the documents promise; those of `compare` have tests of their own."""

import re
import signal
from pathlib import Path

import pytest
from commands import start

from rnnbench.doctor import examination
from rnnbench.doctor.finding import Finding
from rnnbench.doctor.self_test import SelfTest
from rnnbench.system.machine_lock import MachineLock

PAGE = (Path(__file__).parents[2] / "docs" / "how-it-works.md").read_text()
TABLE = PAGE.partition("## Exit codes")[2].partition("\n## ")[0]
RUN = ("run", "--suite", "tiny", "--max-time", "0.05", "--steps", "0")


def test_the_table_has_them_all():
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", TABLE, re.MULTILINE)}
    assert codes == {0, 1, 2, 3, 4, 5, 130}


def test_0_everything_that_could_be_measured_was(cli, tmp_path):
    assert cli(*RUN, "--backends", "fake:good,fake:unsupported", "--out", tmp_path).code == 0


def test_1_a_row_failed(cli, tmp_path):
    assert cli(*RUN, "--backends", "fake:raises", "--out", tmp_path).code == 1


def test_2_the_request_makes_no_sense(cli, tmp_path):
    assert cli(*RUN, "--backends", "fakr", "--out", tmp_path).code == 2


def test_5_a_ratio_is_not_as_precise_as_asked(cli, tmp_path):
    what = (*RUN, "--backends", "fake:good,fake:second", "--precision", "0.0001%")
    ended = cli(*what, "--strict", "--out", tmp_path)
    assert ended.code == 5
    line = ended.err.splitlines()[-1]
    assert line.startswith("rnnbench: --strict: echo elman fake:")
    assert "not ±0.0001 %" in line
    assert "fake:good" in ended.out
    assert cli(*what, "--out", tmp_path).code == 0


def test_1_stays_1_however_strict(cli, tmp_path):
    assert cli(*RUN, "--strict", "--backends", "fake:raises", "--out", tmp_path).code == 1


def test_5_the_machine_was_too_disturbed(cli, monkeypatch):
    busy = Finding("load", "poor", "others used 90 % of the CPUs", "end them")
    same = SelfTest("fake:good", 1.0, 0.99, 1.01, "same", 0, 10, 0.01, 8)
    monkeypatch.setattr(examination, "check_machine", lambda: [busy])
    monkeypatch.setattr(examination, "compare_with_itself", lambda *given: same)
    what = ("doctor", "--suite", "tiny", "--backends", "fake", "--max-time", "0.05")
    ended = cli(*what, "--strict")
    assert ended.code == 5
    assert "rnnbench: --strict: others used 90 % of the CPUs" in ended.err
    assert cli(*what).code == 0


def test_2_the_machine_is_in_use_and_nobody_waits(cli, tmp_path):
    with MachineLock() as other:
        other.acquire("rnnbench run --backends all")
        ended = cli(*RUN, "--backends", "fake", "--no-wait", "--out", tmp_path / "out")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert line.startswith("rnnbench: --no-wait: the machine is in use by rnnbench run --backends")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [None, signal.SIGINT])
def test_130_or_0_of_who_waits(fake, tmp_path, number):
    with MachineLock() as other:
        other.acquire("rnnbench doctor")
        waiting = start(*RUN, "--backends", "fake", "--out", tmp_path)
        line = waiting.stderr.readline()
        if number:
            waiting.send_signal(number)
            waiting.wait()
    _, told = waiting.communicate()
    assert line.startswith("waiting until the machine is free: it is in use by rnnbench doctor (")
    assert waiting.returncode == (130 if number else 0)
    assert ("go on with: rnnbench run --resume" if number else "results in") in told
