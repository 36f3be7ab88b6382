"""``rnnbench list``."""

import json


def test_list_cells(cli):
    ended = cli("list", "cells")
    assert ended.code == 0
    assert all(name in ended.out for name in ("elman", "lstm", "gru", "leaky", "forget_bias=1.0"))


def test_list_everything_as_json(cli):
    kept_out = [f"-pno:{name}" for name in ("numpy", "torch", "tensorflow", "jax")]
    found = json.loads(cli("list", "--json", *kept_out).out)
    assert found.keys() == {"backends", "cells", "networks", "tasks", "suites"}
    fakes = {entry["name"]: entry for entry in found["backends"]}
    assert (fakes["fake"]["status"], fakes["fake"]["devices"]) == ("ok", ["cpu"])
