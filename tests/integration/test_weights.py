"""A net that is trained in one framework: scored alike in the others, and writing the same text."""

import json

import pytest
from commands import rnnbench

from rnnbench.results import reader
from rnnbench.results.queries import trainings

BACKENDS = ("numpy", "torch", "tensorflow", "jax")
BRIEF = ("--max-time", "0.05", "--precision", "99%", "--no-wait")
LANGUAGE = ("--tasks", "language-modeling", "--cells", "gru", "--networks", "stack")
SIZES = ("--hidden", "16", "--layers", "1", "--batch", "64", "--steps", "20", "--embedding", "8")
TEXT = "".join(f"{k} times {k} is {k * k}\n" for k in range(1000))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a run in JAX, which has saved its weights."""
    out = tmp_path_factory.mktemp("runs")
    (out / "text.txt").write_text(TEXT)
    text = ("--set", f"language-modeling.path={out / 'text.txt'}")
    what = (*LANGUAGE, *SIZES, *text, "--backends", "jax:scan", "--save-weights")
    ended = rnnbench("run", *what, *BRIEF, "--out", out, "--name", "trained")
    assert ended.code == 0, ended.err
    return out


def done(out, name):
    return [one for one in trainings(reader.read(out / name / "results.jsonl")) if one.score]


def test_it_has_the_same_score_in_every_framework(trained):
    (own,) = done(trained, "trained")
    asked = (
        "--weights",
        trained / "trained" / own.weights,
        "--steps",
        "0",
        "--backends",
        ",".join(BACKENDS),
    )
    ended = rnnbench("run", *asked, *BRIEF, "--out", trained, "--name", "scored")
    assert ended.code == 0, ended.err
    scores = {one.row.backend: one.score for one in done(trained, "scored")}
    assert scores.keys() == set(BACKENDS)
    assert scores == pytest.approx(dict.fromkeys(BACKENDS, own.score), rel=1e-6)


def test_it_writes_the_same_text_in_every_framework(trained):
    drawn = ("--temperature", "0.9", "--top-k", "5", "--seed", "4", "--json")
    asked = ("generate", "trained", "--out", trained, "--prompt", "12 times", "--length", "40")
    texts = {
        json.loads(rnnbench(*asked, *drawn, "--backend", backend).out)["text"]
        for backend in BACKENDS
    }
    assert len(texts) == 1
    assert len(texts.pop()) == 40
