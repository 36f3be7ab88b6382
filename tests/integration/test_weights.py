"""A net that is trained in one framework: scored alike in the others, and writing the same text."""

import json

import numpy as np
import pytest
from commands import rnnbench
from safetensors.numpy import load_file

from rnnbench.results import reader
from rnnbench.results.queries import trainings
from rnnbench.system.nvidia import nvidia_smi

BACKENDS = ("numpy", "torch", "tensorflow", "jax")
BRIEF = ("--max-time", "0.05", "--precision", "99%", "--no-wait", "--threads", "1")
LANGUAGE = ("--tasks", "language-modeling", "--cells", "gru", "--networks", "stack")
SIZES = ("--hidden", "16", "--layers", "1", "--batch", "64", "--embedding", "8")
STOPPING = ("--steps", "40", "--lr", "0.1", "--patience", "4", "--dtype", "float64")
TEXT = "".join(f"{k} times {k} is {k * k}\n" for k in range(1000))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a run in every framework, which has stopped early and saved its weights."""
    out = tmp_path_factory.mktemp("runs")
    (out / "text.txt").write_text(TEXT)
    text = ("--set", f"language-modeling.path={out / 'text.txt'}")
    what = (*LANGUAGE, *SIZES, *STOPPING, *text, "--backends", ",".join(BACKENDS))
    ended = rnnbench("run", *what, *BRIEF, "--save-weights", "--out", out, "--name", "trained")
    assert ended.code == 0, ended.err
    return out


def done(out, name):
    found = trainings(reader.read(out / name / "results.jsonl"))
    return {one.row.backend: one for one in found if one.score}


def test_it_stops_at_the_same_step_in_every_framework_with_the_same_weights(trained):
    found = done(trained, "trained")
    assert found.keys() == set(BACKENDS)
    (told,) = {(one.best, one.stopped, len(one.curve)) for one in found.values()}
    best, stopped, points = told
    assert 1 < best < stopped == points < 40
    assert stopped == best + 4
    own, *others = (load_file(trained / "trained" / one.weights) for one in found.values())
    for other in others:
        assert other.keys() == own.keys()
        for name, array in own.items():
            np.testing.assert_allclose(other[name], array, rtol=0, atol=1e-6)


def test_it_has_the_same_score_in_every_other_framework(trained):
    own = done(trained, "trained")["jax"]
    asked = (
        "--weights",
        trained / "trained" / own.weights,
        "--steps",
        "0",
        "--backends",
        "numpy,torch,tensorflow",
    )
    ended = rnnbench("run", *asked, *BRIEF, "--out", trained, "--name", "scored")
    assert ended.code == 0, ended.err
    scores = {backend: one.score for backend, one in done(trained, "scored").items()}
    assert scores == pytest.approx(dict.fromkeys(set(BACKENDS) - {"jax"}, own.score), rel=1e-6)


def test_it_writes_the_same_text_in_every_framework(trained):
    drawn = ("--temperature", "0.9", "--top-k", "5", "--seed", "4", "--json")
    asked = ("generate", "trained", "--out", trained, "--prompt", "12 times", "--length", "40")
    texts = {
        json.loads(rnnbench(*asked, *drawn, "--backend", backend).out)["text"]
        for backend in BACKENDS
    }
    assert len(texts) == 1
    assert len(texts.pop()) == 40


@pytest.mark.skipif(not nvidia_smi("--query-gpu=name"), reason="there is no GPU of NVIDIA's here")
@pytest.mark.parametrize("backend", ["torch", "tensorflow", "jax"])
def test_it_writes_the_same_text_on_a_gpu(trained, backend):
    asked = ("generate", "trained", "--out", trained, "--prompt", "12 times", "--length", "40")
    ended = rnnbench(*asked, "--backend", backend, "--device", "gpu:0")
    if "has no device" in ended.err:
        pytest.skip(ended.err)
    assert ended.out == rnnbench(*asked, "--backend", backend).out
