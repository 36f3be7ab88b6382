"""``rnnbench plugins``."""

import json
import os
import sys

import pytest
import strangers
from commands import ENVIRONMENT, rnnbench
from strangers import CELL


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution for the command line in this process."""
    monkeypatch.syspath_prepend(tmp_path)

    def call(module, source, group="cells"):
        strangers.write(tmp_path, module, source, group)
        strangers.forget(monkeypatch, module)

    return call


def test_list_shows_every_kind_with_its_distribution(cli, install):
    install("stranger", CELL)
    ended = cli("plugins", "list", "-p", "fake_kernels")
    assert (ended.code, ended.err) == (0, "")
    lines = [line.split() for line in ended.out.splitlines()]
    assert ["cell", "odd", "stranger", "1.0", "ok"] in lines
    assert ["backend", "fake", "ok"] in lines
    assert ["kernel", "fake:quick", "ok"] in lines
    assert ["suite", "tiny", "ok"] in lines


def test_list_as_json(cli, install):
    install("stranger", "raise RuntimeError('not today')")
    entries = json.loads(cli("plugins", "list", "--json", "-p", "no:gru").out)
    found = {(entry["kind"], entry["name"]): entry for entry in entries}
    assert found["task", "echo"]["status"] == "ok"
    assert found["cell", "gru"]["status"] == "disabled"
    broken = found["cell", "stranger"]
    assert (broken["status"], broken["version"]) == ("broken", "1.0")
    assert "traceback" not in broken


def test_list_tells_what_is_broken_in_one_line_and_with_debug_whole(cli, install):
    install("stranger", "raise RuntimeError('not today')")
    ended = cli("plugins", "list")
    assert ended.code == 0
    assert "cell 'stranger' is broken: RuntimeError: not today (stranger 1.0: " in ended.out
    assert "Traceback" in cli("plugins", "list", "--debug").err


def test_doctor_explains_a_cell(cli):
    ended = cli("plugins", "doctor", "leaky", "-p", "fake_kernels")
    assert ended.code == 0
    for text in ("cell leaky: ok", "fake_plugin.py", "leak = 0.5", "fake:quick = the loop again"):
        assert text in ended.out


def test_doctor_explains_a_backend_with_the_kernels_added(cli):
    (entry,) = json.loads(cli("plugins", "doctor", "fake", "--json", "-p", "fake_kernels").out)
    assert (entry["kind"], entry["status"], entry["default"]) == ("backend", "ok", "good")
    assert entry["variants"]["quick"] == "the loop again (leaky, gru alone)"
    assert len(entry["source"]) == 12


def test_doctor_asks_a_backend_to_import_its_framework(cli):
    ended = cli("plugins", "doctor", "ghost", "--debug")
    assert ended.code == 1
    assert "backend ghost: broken" in ended.out
    assert "AttributeError" in ended.out
    assert "Traceback" in ended.err


@pytest.mark.parametrize(
    ("source", "status", "code"),
    [
        ("\nraise RuntimeError('not today')", "broken", 1),
        ("RNNBENCH_API = 2\nfrom rnnbench import Attention", "incompatible", 1),
        (CELL.replace('"odd"', '"lstm"'), "clash", 1),
        ("import no_such_framework", "not installed", 0),
        (CELL, "ok", 0),
    ],
)
def test_doctor_fails_where_a_plugin_is_at_fault(cli, install, source, status, code):
    install("stranger", source)
    ended = cli("plugins", "doctor", "stranger", "--json")
    (entry,) = json.loads(ended.out)
    assert (ended.code, entry["status"]) == (code, status)
    assert bool(entry["advice"]) == (status != "ok")
    assert (entry["entry_point"], entry["module"]) == ("stranger", "stranger")
    assert entry["file"].endswith("stranger.py")


def test_doctor_shows_both_of_a_clash(cli, install):
    install("stranger", CELL.replace('"odd"', '"lstm"'))
    ended = cli("plugins", "doctor", "lstm")
    assert ended.code == 1
    assert ended.out.count("cell lstm: clash") == 2
    assert cli("plugins", "doctor", "lstm", "-p", "no:stranger/lstm").code == 0


def test_doctor_shows_the_traceback_on_request(cli, install):
    install("stranger", "raise RuntimeError('not today')")
    assert "Traceback" not in "".join(cli("plugins", "doctor", "stranger")[1:])
    assert "RuntimeError: not today" in cli("plugins", "doctor", "stranger", "--debug").err
    (entry,) = json.loads(cli("plugins", "doctor", "stranger", "--debug", "--json").out)
    assert entry["traceback"].startswith("Traceback")


def test_doctor_does_not_know_a_name(cli):
    ended = cli("plugins", "doctor", "leeky")
    assert ended.code == 2
    assert "unknown plugin 'leeky'. Did you mean 'leaky'?" in ended.err


def test_a_broken_plugin_disturbs_no_command_that_does_not_need_it(cli, install):
    install("stranger", "raise RuntimeError('not today')", group="backends")
    assert "stranger" not in cli("list", "cells").out
    assert "stranger" not in sys.modules


@pytest.fixture
def fifty(tmp_path, monkeypatch):
    """Install fifty plugins of all kinds that leave a mark when they are imported."""
    strangers.write_fifty(tmp_path)
    path = os.pathsep.join([str(tmp_path), ENVIRONMENT["PYTHONPATH"]])
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", path)
    return lambda: {mark.stem.split("_")[1] for mark in tmp_path.glob("*.imported")}


@pytest.mark.parametrize(
    ("arguments", "imported"),
    [
        (["--help"], set()),
        (["--version"], set()),
        (["plugins", "--help"], set()),
        (["list", "cells"], {"cells"}),
        (["list", "suites"], {"tasks", "suites"}),
        (["plugins", "list"], {"backends", "cells", "tasks", "suites", "kernels"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_no_plugin_is_imported_that_is_not_used(fifty, arguments, imported):
    assert rnnbench(*arguments).code == 0
    assert fifty() == imported
