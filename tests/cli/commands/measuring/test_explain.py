"""``rnnbench explain``, end to end."""

import json

import pytest
from commands import rnnbench

from rnnbench.results import reader
from rnnbench.results.queries import timings
from rnnbench.results.runs import folders

FAST = ("--task", "echo", "--max-time", 0.1, "--batch", 2, "--steps", 2, "--seeds", 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("explained")


@pytest.fixture(scope="module")
def explained(folder):
    asked = ("lstm", "elman", "--backend", "fake:good", "--lengths", "4,2")
    return rnnbench("explain", *asked, *FAST, "--out", folder)


def test_equations_stand_above_a_line_per_cell(explained):
    assert explained.code == 0
    assert explained.out.startswith("lstm\n\nThe LSTM without peepholes")
    assert "c' = f ⊙ c + i ⊙ g" in explained.out
    assert "lstm, elman on echo\nfake:good, batches of 2, 1 → 3 → 1, cpu" in explained.out
    lines = [line.split() for line in explained.out.splitlines()]
    assert next(line for line in lines if line[:2] == ["lstm", "i"])[1:7] == [
        "i",
        "f",
        "g",
        "o",
        "h",
        "c",
    ]
    assert "4·I·H + 4·H² + 4·H" in explained.out
    assert "I·H + H² + H" in explained.out


def test_it_is_a_run_like_any_other(explained, folder):
    records = reader.read(folders.find(None, folder))
    assert [(one.comparison.cell, one.length) for one in timings(records)] == [
        *(("lstm", 2), ("elman", 2), ("lstm", 4), ("elman", 4))
    ]
    assert len(json.loads(rnnbench("show", "--json", "--out", folder).out)) == 4


def test_figures_can_be_taken_from_a_run(explained, folder, cli):
    ended = cli("explain", "lstm", "elman", "--run", "latest", "--out", folder)
    assert ended == (0, explained.out, "")
    found = json.loads(cli("explain", "elman", "--run", "latest", "--out", folder, "--json").out)
    assert (found["rnnbench"], found["task"], found["row"]) == ("explain", "echo", "fake:good")
    (elman,) = found["cells"]
    assert elman["anatomy"]["parameters"] == 3 * (1 + 3 + 1)
    assert [one["length"] for one in elman["measured"]] == [2, 4]
    assert all(one["score"]["value"] >= 0 and one["seeds"] == 2 for one in elman["measured"])


def test_a_run_is_explained_where_its_task_is_not_installed(explained, folder, cli):
    asked = ("explain", "lstm", "elman", "--run", "latest", "--out", folder)
    assert cli(*asked, "-p", "no:echo") == (0, explained.out, "")


def test_equations_are_as_narrow_as_the_terminal(explained, folder, cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    ended = cli("explain", "lstm", "elman", "--run", "latest", "--out", folder)
    assert max(map(len, ended.out.splitlines())) <= 40
    assert "    f = σ(x W_xf + h W_hf + b_f)\n" in ended.out


def test_a_row_that_can_not_run_is_explained_and_says_why(tmp_path):
    asked = ("lstm", "elman", "--backend", "fake:raises", "--lengths", "2", *FAST)
    ended = rnnbench("explain", *asked, "--out", tmp_path)
    assert ended.code == 1
    assert "4·I·H + 4·H² + 4·H" in ended.out
    said = " ".join(ended.out.split())
    for cell in ("lstm", "elman"):
        assert said.count(f" {cell}: failed: backend 'fake' of ") == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("lstn",), "unknown cell 'lstn'. Did you mean 'lstm'?"),
        (("lstm", "--lengths", "a"), "--lengths a: it is a list of whole numbers, as 10,50"),
        (
            ("lstm", "--backend", "fake:all", "--task", "echo", "--lengths", "2"),
            "--backend fake:all: it is one backend in one variant",
        ),
        (
            ("lstm", "--task", "echo", "--set", "echo.length=3"),
            "the lengths are those of --lengths",
        ),
        (
            ("all", "--run", "latest"),
            "the run has no task on which it has measured elman, jordan, ",
        ),
        (("gru", "--run", "latest"), "the run has no task on which it has measured gru alike"),
        (("lstm", "--run", "latest", "--backend", "torch"), "unknown row 'torch'"),
        (("lstm", "--run", "latest", "--steps", "5"), "--steps with --run: nothing is measured"),
        (("lstm", "--run", "no-such"), "no-such"),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_line(explained, folder, cli, arguments, error):
    ended = cli("explain", *arguments, "--out", folder)
    assert (ended.code, ended.out) == (2, "")
    assert error in ended.err
    assert len(ended.err.splitlines()) == 1
