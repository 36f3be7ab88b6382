"""The base and the head of a plugin, in two virtual environments, measured in one run."""

import json

import pytest
from commands import rnnbench
from two_environments import make


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder of one run of both."""
    folder = tmp_path_factory.mktemp("gate")
    base, head = make(folder)
    ended = rnnbench(
        *("run", "--suite", "tiny", "--cells", "elman", "--steps", "0", "--name", "gate"),
        *("--backends", "fake@base,fake@head,fake@base:second,fake@head:second"),
        *("--python", f"base={base}", "--python", f"head={head}"),
        *("--processes", "3", "--max-time", "2", "--out", folder / "results"),
    )
    assert ended.code == 1, ended.err  # a row of the head fails
    return folder / "results"


def compare(out, *options):
    return rnnbench("compare", "gate", "--between", "base,head", "--out", out, *options)


def test_a_head_that_is_slower_never_passes(out):
    ended = compare(out, "--fail-on", "slower,undecided", "--threshold", "50%")
    assert ended.code == 3, ended.out  # undecided, where the machine is too busy to tell
    ended = compare(out, "--fail-on", "slower", "--threshold", "50%", "--json")
    row = json.loads(ended.out)["rows"][0]
    assert row["found"] in (["slower"], ["undecided"]), row  # by how much is known well or not
    nothing = 4 if row["ratio"] is None else 0  # where no round was undisturbed
    assert ended.code == (3 if row["found"] == ["slower"] else nothing), ended.out
    assert compare(out, "--metric", "memory").code == 0  # which is known however busy it is


def test_a_row_that_the_head_has_broken_is_found(out):
    ended = compare(out, "--fail-on", "failed", "--json")
    found = json.loads(ended.out)
    assert ended.code == 3
    changes = {row["variant"]: (row["change"], row["reason"]) for row in found["rows"]}
    assert changes["good"] == (None, None)
    assert changes["second"][0] == "failed"
    assert "broken by the new version" in changes["second"][1]


def test_the_change_is_the_ratio_within_the_rounds(out):
    first = json.loads(compare(out, "--json").out)["rows"][0]
    if first["ratio"] is None:
        pytest.skip("this machine is too busy for a ratio")
    assert first["ratio"] > 1.5
