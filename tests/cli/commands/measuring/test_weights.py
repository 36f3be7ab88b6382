"""Weights that a run leaves, and a run that begins with them."""

import hashlib
import json
import shutil

import pytest
from commands import rnnbench

from rnnbench.results import reader
from rnnbench.results.queries import plan_of, trainings
from rnnbench.weights.file import load

PARROT = ("-p", "parroting")
TINY = ("--suite", "tiny", "--seeds", "1", "--tasks", "parrot", "--cells", "lstm")
BRIEF = (*PARROT, "--max-time", "0.05", "--no-wait")


@pytest.fixture(scope="module")
def trained(fake_module, tmp_path_factory):
    """A run of two rows that has saved its weights; the folder of runs."""
    out = tmp_path_factory.mktemp("runs")
    what = (*TINY, "--backends", "fake:good,fake:second")
    ended = rnnbench("run", *what, *BRIEF, "--save-weights", "--name", "first", "--out", out)
    assert ended.code == 0, ended.err
    return out


def records(out, name):
    return trainings(reader.read(out / name / "results.jsonl"))


def test_each_training_names_the_file_of_its_weights(trained):
    found = records(trained, "first")
    assert len({one.weights for one in found}) == 2
    for one in found:
        path = trained / "first" / one.weights
        assert hashlib.sha256(path.read_bytes()).hexdigest() == one.weights_hash
        header = load(path).header
        assert (header.row, header.seed, header.score) == (one.row, one.seed, one.score)
        assert header.comparison.key == one.key
        assert header.carries_state
        assert header.writes.symbols == ("a", "b", "c")


def test_they_are_scored_as_they_are_in_any_row(trained):
    one = records(trained, "first")[0]
    path = trained / "first" / one.weights
    asked = ("--weights", path, "--backends", "fake:good,fake:second", "--steps", "0")
    ended = rnnbench("run", *asked, *BRIEF, "--name", "scored", "--out", trained)
    assert f"every row begins with {path}: lstm of parrot, trained by" in ended.err
    found = [each for each in records(trained, "scored") if each.status == "ok"]
    assert len(found) == 2
    for each in found:
        assert each.curve == []
        assert each.score == pytest.approx(one.score, rel=1e-6)
    shown = rnnbench("show", "scored", "--json", "--out", trained)
    assert {row["loss"] for row in json.loads(shown.out)} == {None}


def test_training_goes_on_from_them(trained):
    one = records(trained, "first")[0]
    path = trained / "first" / one.weights
    asked = ("--weights", path, "--backends", "fake", "--steps", "10", "--hidden", "8")
    ended = rnnbench("run", *asked, *BRIEF, "--name", "further", "--out", trained)
    assert ended.code == 0
    (further,) = records(trained, "further")
    assert further.curve[0][1] < one.curve[0][1] / 2
    plan = plan_of(reader.read(trained / "further" / "results.jsonl"))
    assert plan.comparisons[0].comparison.weights == one.weights_hash
    assert plan.weights == str(path)


@pytest.mark.parametrize("name", ["first", "latest"])
def test_a_run_stands_for_its_best_weights(trained, cli, tmp_path, name):
    """Its name, or the newest one; how else a run is meant stands in tests/results/runs."""
    found = records(trained, "first")
    best = min(found, key=lambda one: -one.score)
    if name == "latest":
        shutil.copytree(trained / "first", tmp_path / "first")
    where = trained if name != "latest" else tmp_path
    asked = ("--weights", name, "--backends", "fake", "--steps", "0", "--name", f"of-{name}")
    ended = cli("run", *asked, *BRIEF, "--out", where)
    assert f"every row begins with {where / 'first' / best.weights}" in ended.err
    assert f"{best.weights} is taken, with the best score of 2" in ended.err
    assert ended.code == 0


def test_a_run_without_weights_is_told_and_so_is_none(cli, tmp_path):
    ended = cli("run", *TINY, "--backends", "fake", *BRIEF, "--name", "bare", "--out", tmp_path)
    assert ended.code == 0
    for name, told in (("bare", "has saved no weights"), ("bear", "no run 'bear'")):
        ended = cli("run", "--weights", name, *PARROT, "--out", tmp_path)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert told in ended.err


def test_a_record_names_no_folder_of_the_machine(trained, cli, tmp_path, monkeypatch):
    """It goes on from the folder it was begun in, or with the file beside its results."""
    path = trained / "first" / records(trained, "first")[0].weights
    monkeypatch.chdir(trained)
    asked = ("--weights", path, "--backends", "fake", "--steps", "0")
    assert cli("run", *asked, *BRIEF, "--name", "here", "--out", "own").code == 0
    file = trained / "own" / "here" / "results.jsonl"
    assert plan_of(reader.read(file)).weights == f"first/{path.name}"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    monkeypatch.chdir(tmp_path)
    again = ("run", "--resume", file, *PARROT, "--no-wait")
    ended = cli(*again)
    assert ended.code == 2
    assert f"there is no first/{path.name} here; go on from the folder" in ended.err
    assert len(ended.err.splitlines()) == 1
    (file.parent / path.name).write_bytes(path.read_bytes())
    assert cli(*again).code == 0
    assert len(records(trained / "own", "here")) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--hidden", "9"], "layers.0.b has the shape (4, 8) in the file, the shape (4, 9) in the"),
        (["--cells", "gru"], "is of the cell 'lstm', not 'gru'"),
        (["--tasks", "echo"], "was trained on the symbols of parrot; echo has none"),
    ],
)
def test_another_model_is_told_before_anything_is_written(trained, cli, tmp_path, options, told):
    path = trained / "first" / records(trained, "first")[0].weights
    ended = cli("run", "--weights", path, "--backends", "fake", *BRIEF, *options, "--out", tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert not list(tmp_path.iterdir())


def test_a_strange_file_is_told_before_anything_is_written(cli, tmp_path):
    path = tmp_path / "strange"
    path.write_bytes(b"no weights at all")
    ended = cli("run", "--weights", path, "--out", tmp_path / "runs")
    assert ended.code == 2
    assert ended.err.startswith(f"rnnbench: {path} holds no weights, or is damaged: ")
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "runs").exists()
