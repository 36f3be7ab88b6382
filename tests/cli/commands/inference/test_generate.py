"""Text of a trained net: the same whatever computes it."""

import json
import shutil
import tempfile
from itertools import product

import numpy as np
import pytest
from commands import rnnbench
from msgspec.structs import replace as changed
from parroting import HEADER, parrot_file, taught_parrot
from specimens import FAST, PLAN, PLANNED, RUN

from rnnbench import LSTM, Batch, Model, NumpyBackend, Optimizer, Spec, Vocabulary, tree_map
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.models.problem import Problem
from rnnbench.results.writer import Writer
from rnnbench.schema.records.training import Training
from rnnbench.weights.file import load

FAKE = ("-p", "parroting", "--backend", "fake")


@pytest.fixture(scope="module")
def taught():
    return taught_parrot()


@pytest.fixture
def parrot(tmp_path, taught):
    return parrot_file(tmp_path, params=taught)


def test_the_likeliest_text_goes_on_with_the_prompt(fake, parrot):
    ended = rnnbench("generate", parrot, "--prompt", "ab", "--length", "7", *FAKE)
    assert (ended.code, ended.out) == (0, "abcabcabc\n")
    told = "lstm of parrot, trained by fake:good, seed 0: 0.5 nats; written by fake:good\n"
    assert ended.err.endswith(told)


def test_the_same_seed_writes_the_same(fake, parrot):
    drawn = ("--prompt", "a", "--length", "30", "--temperature", "3", "--json")
    texts = [
        json.loads(rnnbench("generate", parrot, *drawn, "--seed", seed, *FAKE[:3], row).out)["text"]
        for seed, row in ((1, "fake:good"), (1, "fake:second"), (2, "fake:good"))
    ]
    assert texts[0] == texts[1] != texts[2]
    assert set(texts[0]) <= set("abc")


def run_with(folder, parrot, sha256, **fields):
    """Write a run whose record names the file of weights."""
    folder.mkdir()
    shutil.copy(parrot, folder)
    plan = changed(PLAN, comparisons=[PLANNED], rows=[FAST])
    trained = Training(
        finished="2026-01-02T03:04:05+00:00",
        key=PLANNED.comparison.key,
        row=FAST,
        seed=0,
        status="ok",
        curve=[(10, 0.1)],
        score=0.5,
        data_hash=PLANNED.data_hash,
        weights_hash=sha256,
        **{"weights": parrot.name} | fields,
    )
    with Writer(folder / "results.jsonl") as writer:
        writer.write(changed(RUN, plan=plan))
        writer.write(trained)


def test_a_run_stands_for_the_weights_that_it_has_saved(fake, parrot, tmp_path):
    run_with(tmp_path / "one", parrot, load(parrot).sha256)
    asked = ("--prompt", "c", "--length", "3", "--out", tmp_path, *FAKE)
    assert rnnbench("generate", "one", *asked).out == "cabc\n"


def test_a_temperature_of_0_takes_the_likeliest(fake, parrot):
    asked = ("generate", parrot, "--prompt", "ab", "--length", "4", *FAKE)
    assert rnnbench(*asked, "--temperature", "0").out == rnnbench(*asked).out


@pytest.mark.parametrize(
    ("sha256", "fields", "told"),
    [
        ("00", {}, "parrot.safetensors is no longer what the run has written"),
        ("00", {"weights": "../../x"}, "'../../x' is no file in the folder of this run"),
        (None, {"weights": None}, "this run has saved no weights; rnnbench run --save-weights"),
    ],
)
def test_a_run_without_its_weights_is_told(cli, parrot, tmp_path, sha256, fields, told):
    run_with(tmp_path / "one", parrot, sha256, **fields)
    ended = cli("generate", "one", "--prompt", "c", "--out", tmp_path, *FAKE)
    assert ended.code == 2
    assert told in ended.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--prompt", "axb"], "'x': not among the 3 characters that the net knows"),
        (["--prompt", ""], "--prompt is empty: a net needs at least one symbol"),
        (["--prompt", "a", "--seed", "1"], "--seed does nothing without --temperature or --top-k"),
        (["--prompt", "a", "--backend", "fake:all"], "--backend fake:all: name one, as fake:good"),
        (["--prompt", "a", "--backend", "fake:unsupported"], "fakes can't do this"),
        (["--prompt", "a", "--length", "0"], "0 is not a whole number from 1 to 1000000"),
        (["--prompt", "a", "--temperature", "nan"], "nan is not a number from 0"),
        (["--prompt", "a", "--temperature", "0", "--seed", "1"], "--seed does nothing without"),
        (["--prompt", "a", "--temperature", "0", "--top-k", "2"], "--top-k does nothing at a temp"),
        (["--prompt", "a", "--beam", "2"], "one of parrot goes on with its prompt"),
        (["--prompt", "a", "--beam", "101"], "101 is not a whole number from 1 to 100"),
        (["--prompt", "a", "--beam", "2", "--top-k", "2"], "--beam takes the likeliest text"),
        (["--prompt", "a", "--device", "gpu:7"], "fake has no device 'gpu:7' here, it has cpu"),
        (["--prompt", "a", "--device", "cuda"], "--device 'cuda': it is cpu, gpu or gpu:N"),
    ],
)
def test_what_can_not_be_written_is_told_in_a_line(
    cli, parrot, options, told, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    ended = cli("generate", parrot, *FAKE, *options)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert not list((tmp_path / "temporary").iterdir())


WRITES = Problem(3, 5, tokens=True, loss="cross-entropy", targets="sequence", begin=4, end=3)


def test_a_beam_finds_the_likeliest_of_all_texts(fake, tmp_path):
    model = Model(Seq2Seq(), Spec(WRITES, LSTM(), hidden=8))
    params = tree_map(lambda w: 3 * np.asarray(w, np.float32), model.initial(0))
    comparison = changed(HEADER.comparison, network="seq2seq")
    path = parrot_file(tmp_path, changed(HEADER, comparison=comparison, problem=WRITES), params)
    program = NumpyBackend("cpu", "float64").program(model, params, "autograd", Optimizer())

    def likelihood(target):
        """Return log p of a target, from a net that is told it."""
        batch = Batch(np.array([[0], [1]]), np.array(target)[:, None])
        logits = program.forward(model.zero_state(1), batch)[0][:, 0]
        shares = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return shares[np.arange(len(target)), target].sum()

    tokens = [token for token in range(WRITES.outputs) if token != WRITES.end]
    ended = [(*t, WRITES.end) for count in range(3) for t in product(tokens, repeat=count)]
    best = max(ended, key=likelihood)
    asked = ("generate", path, "--prompt", "ab", "--length", "3", "--json", *FAKE)
    wide = json.loads(rnnbench(*asked, "--beam", "100").out)
    assert wide["tokens"] == list(best[:-1])
    assert json.loads(rnnbench(*asked).out)["tokens"] != wide["tokens"]


TEXT = {"inputs": 3, "outputs": 3, "tokens": True, "loss": "cross-entropy"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"reads": None}, "a net of parrot reads no text"),
        ({"reads": Vocabulary(("a", "b", "c", "d"))}, "of fewer symbols than they say"),
        ({"problem": Problem(**TEXT, targets="one")}, "a net of parrot writes no text"),
        ({"problem": Problem(**TEXT)}, "a net of parrot writes no text"),
        (
            {"problem": Problem(**TEXT, targets="sequence", source="one", begin=0)},
            "a net of parrot is given one symbol, not 2",
        ),
        ({"comparison": changed(HEADER.comparison, cell="lstn")}, "unknown cell 'lstn'. Did you"),
        ({"comparison": changed(HEADER.comparison, hidden=9)}, "has the shape (4, 8) in the file"),
        ({"comparison": changed(HEADER.comparison, layers=1 << 40)}, "layers: at most"),
    ],
)
def test_a_file_of_something_else_is_told_in_a_line(cli, tmp_path, fields, told):
    path = parrot_file(tmp_path, changed(HEADER, **fields))
    ended = cli("generate", path, "--prompt", "ab", "--length", "2", *FAKE)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
