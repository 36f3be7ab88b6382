"""Earlier runs in Python, meant by the words of the command line."""

from pathlib import Path

import pytest
from specimens import two_runs

import rnnbench as rb
from rnnbench.results.runs.folders import FILE


@pytest.fixture
def out(tmp_path):
    """A folder with two runs, of which the one with a name is newer."""
    return two_runs(tmp_path)


@pytest.mark.parametrize("name", ["latest", "after", "alp", "{out}/alpha", "{out}/alpha/" + FILE])
def test_a_run_is_loaded_by_any_of_its_names(out, name):
    assert rb.load(name.format(out=out), out=out).name == "alpha"


def test_runs_are_listed_the_newest_last(out):
    found = rb.runs(out=str(out))
    assert list(found.name) == ["zero", "alpha"]
    assert list(found.given_name.fillna("")) == ["", "after"]
    assert list(found.ok) == [2, 2]
    assert list(rb.runs(out=out / "none").columns) == list(found.columns)


def test_no_folder_is_the_usual_one(out, monkeypatch):
    monkeypatch.chdir(out.parent)
    out.rename(out.parent / "results")
    assert rb.load("alpha", out=None).file == Path("results/alpha") / FILE


def test_what_is_passed_over_is_a_warning(out):
    (out / "broken").mkdir()
    (out / "broken" / FILE).write_text("{}\n")
    with pytest.warns(UserWarning, match="broken/results.jsonl is passed over, newest or not"):
        assert rb.load(out=out).name == "alpha"


def test_a_run_that_is_not_there_is_said_as_on_the_command_line(cli, out):
    with pytest.raises(rb.UsageError) as raised:
        rb.load("alhpa", out=out)
    assert f"rnnbench: {raised.value}\n" == cli("show", "alhpa", "--out", out).err
