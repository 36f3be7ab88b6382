"""Inference one step at a time, measured in workers and proved."""

import json

import pytest
from commands import rnnbench
from parroting import parrot_file

from rnnbench.results import reader
from rnnbench.results.queries import streamings

BRIEF = ("--max-time", "0.1", "--no-wait")
ECHO = ("--task", "echo", "--cells", "lstm", "--hidden", "3")


@pytest.fixture(scope="module")
def streamed(fake_module, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    rows = "fake:good,fake:unsupported,forgetful"
    asked = (*ECHO, "--backends", rows, "-p", "forgetful", *BRIEF, "--name", "one", "--out", out)
    return rnnbench("stream", *asked, "--processes", "2"), out


def test_a_row_that_forgets_its_state_has_failed(streamed):
    ended, out = streamed
    assert ended.code == 1
    (record,) = streamings(reader.read(out / "one" / "results.jsonl"))
    rows = {str(one.row): one for one in record.rows}
    assert record.comparison.batch == 1
    assert rows["fake:good"].status == "ok"
    assert rows["fake:good"].error < 1e-5
    assert [len(turns) for turns in rows["fake:good"].processes] == 2 * [len(record.rounds)]
    assert rows["fake:unsupported"].reason == "fakes can't do this"
    assert rows["forgetful:state"].status == "mismatch"
    assert rows["forgetful:state"].reason.startswith("one step at a time is not the whole: in ")


def test_its_table_is_shown_again(streamed):
    ended, out = streamed
    assert "echo · lstm · one step at a time" in ended.out
    assert "99th" in ended.out
    assert rnnbench("show", "one", "--out", out).out == ended.out
    checked = rnnbench("check-results", out / "one")
    assert checked.code == 0
    assert "whole, finished" in checked.out
    rows = json.loads(rnnbench("show", "one", "--out", out, "--json").out)
    good = next(row for row in rows if row["variant"] == "good")
    assert 0 < good["latency_us"] <= good["p99_us"]
    assert good["steps_per_s"] > 0


def test_trained_weights_are_streamed(fake, tmp_path):
    asked = (parrot_file(tmp_path), "-p", "parroting", "--backends", "fake", *BRIEF, "--json")
    ended = rnnbench("stream", *asked, "--out", tmp_path / "runs")
    assert ended.code == 0, ended.err
    (row,) = json.loads(ended.out)
    assert (row["task"], row["hidden"], row["batch"], row["status"]) == ("parrot", 8, 1, "ok")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], "name a run, a file of weights, or cells: rnnbench stream --cells lstm"),
        (["x", "--cells", "lstm"], "x says what its task, its cell and its network"),
        (["x", "--task", "echo"], "x says what its task, its cell and its network"),
        ([*ECHO, "--set", "stack.pool=mean"], "reads its output from all steps at once (pool)"),
        ([*ECHO, "--set", "stack.bidirectional=sum"], "reads later inputs: it can't answer one"),
    ],
)
def test_what_can_not_be_streamed_is_told_before_anything_is_written(cli, tmp_path, asked, told):
    ended = cli("stream", *asked, "--backends", "fake", "--out", tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert not list(tmp_path.iterdir())
