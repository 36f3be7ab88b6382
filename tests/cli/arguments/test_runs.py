"""A run is meant by the same words in every command."""

import shutil

import pytest
from specimens import two_runs

from rnnbench.results.runs import baselines
from rnnbench.results.runs.folders import FILE

#: Commands that read a run, without it.
READING = [("show",), ("publish",), ("export", "--format", "pytest-benchmark"), ("check-results",)]


@pytest.fixture
def out(tmp_path):
    """A folder with two runs, of which the newer has an older folder's name."""
    return two_runs(tmp_path)


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
@pytest.mark.parametrize("run", ["latest", "after", "alp"])
def test_every_command_takes_a_name(cli, out, command, run):
    ended = cli(*command, run, "--out", out)
    assert (
        ended.code,
        ended.err.replace(
            "left out: 1 row without figures, or with too few undisturbed blocks\n", ""
        ),
    ) == (0, "")
    assert ended.out == cli(*command, out / "alpha").out


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_every_command_asks_for_the_name_that_was_meant(cli, out, command):
    ended = cli(*command, "alhpa", "--out", out)
    assert ended.code == 2
    assert ended.err == (
        f"rnnbench: no run 'alhpa' in {out} (did you mean 'alpha'?): there are zero, alpha\n"
    )


def test_a_copy_of_the_newest_run_is_told_and_not_written_to(cli, out):
    shutil.copytree(out / "alpha", out / "beta")
    ended = cli("show", "--out", out)
    assert ended.code == 0
    assert ended.err == f"{out}/alpha/{FILE} is read; copies of this run: {out}/beta/{FILE}\n"
    ended = cli("run", "--resume", "--out", out)
    assert ended.code == 2
    assert f"this run is there more than once, as alpha, beta in {out}: name one" in ended.err


def test_a_damaged_run_is_told_where_the_newest_is_meant(cli, out):
    (out / "torn").mkdir()
    (out / "torn" / FILE).write_bytes(b"torn\n")
    assert "torn/results.jsonl is passed over, newest or not: " in cli("show", "--out", out).err
    assert cli("show", "alpha", "--out", out).err == ""


def test_a_baseline_is_shown_by_its_name_and_not_gone_on_with(cli, out):
    baselines.save("kept", out / "zero" / FILE, out)
    (out / "kept-too").mkdir()
    (out / "kept-too" / FILE).write_bytes((out / "zero" / FILE).read_bytes())
    assert cli("show", "kept", "--out", out).out == cli("show", "zero", "--out", out).out
    before = (out / "baselines" / "kept.jsonl").read_bytes()
    ended = cli("run", "--resume", "kept", "--out", out)
    assert (ended.code, "is a baseline: it stays as it is" in ended.err) == (2, True)
    assert (out / "baselines" / "kept.jsonl").read_bytes() == before
