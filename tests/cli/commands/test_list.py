"""``rnnbench list``."""

import json


def test_list_cells(cli):
    ended = cli("list", "cells")
    assert ended.code == 0
    assert all(name in ended.out for name in ("elman", "lstm", "gru", "leaky", "forget_bias=1.0"))


def test_options_are_listed_with_what_they_may_be(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    listed = cli("list", "networks").out
    dropout = "a number of at least 0 and below 1"
    assert f"residual=false, dropout=0.0 ({dropout}), pool=last ('attention', 'last' or" in listed
    assert "length=3 (a whole number of at least 1), path=" in cli("list", "tasks").out
    stack = json.loads(cli("list", "networks", "--json").out)["networks"][0]
    assert (stack["options"]["dropout"], stack["takes"]["dropout"]) == (0.0, dropout)


def test_list_everything_as_json(cli):
    kept_out = [f"-pno:{name}" for name in ("numpy", "torch", "tensorflow", "jax")]
    found = json.loads(cli("list", "--json", *kept_out).out)
    assert found.keys() == {"backends", "cells", "networks", "tasks", "suites"}
    fakes = {entry["name"]: entry for entry in found["backends"]}
    assert (fakes["fake"]["status"], fakes["fake"]["devices"]) == ("ok", ["cpu"])
