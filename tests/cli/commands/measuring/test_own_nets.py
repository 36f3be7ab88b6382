"""A net of one's own as a row of a run, and a file of it that is another one since."""

import json

import pytest
from commands import rnnbench

NET = """\
import autograd.numpy as np


def Net(problem):
    def init(rng):
        return {"w": rng.standard_normal((problem.inputs, problem.outputs))}

    def apply(params, xs, *lengths):
        return xs[-1] @ params["w"]

    return init, apply
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mynet.py"
    path.write_text(NET)
    return path


def test_a_net_whose_file_has_changed_is_another_one(cli, file):
    asked = ("run", "--suite", "tiny", "--backends", "fake:good", "--cells", "gru", "--steps", 2)
    asked = (*asked, "--max-time", 0.05, "--model", "mynet.py:Net")
    begun = rnnbench(*asked, "--name", "one")
    assert begun.code == 0, begun.err
    assert "a net of your own, not proved to compute the same function" in begun.out
    rows = {row["variant"]: row for row in json.loads(cli("show", "one", "--json").out)}
    assert (rows["mynet.Net"]["own"], rows["mynet.Net"]["parity_error"]) == ("mynet.py:Net", None)
    assert rows["good"]["own"] is None
    assert rows["good"]["parity_error"] is not None
    drawn = [line for line in cli("show", "one").out.splitlines() if "fake:mynet.Net" in line]
    assert " own " in drawn[0]

    file.write_text(NET.replace("xs[-1]", "2 * xs[-1]"))
    refused = cli("run", "--resume", "one", "--model", "mynet.py:Net")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "can't be resumed, since mynet.py has changed" in refused.err

    again = rnnbench(*asked, "--name", "two", "--reuse")
    assert again.code == 0, again.err
    assert "reused" in again.err
    lines = (file.parent / "results" / "two" / "results.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    trained = {
        one["row"]["variant"]: one.get("reused") for one in records if one["record"] == "training"
    }
    assert trained == {"good": "one", "mynet.Net": None}

    compared = cli("compare", "one", "two", "--threshold", "5%")
    assert "file of the net" in compared.out
    assert "(fake:mynet.Net)" in compared.out
