"""``rnnbench list``."""

import json
import re

import parted
from msgspec.structs import replace
from specimens import MACHINE

from rnnbench.inventory import catalog
from rnnbench.plan.part import part_of

#: What would start frameworks where they are installed.
KEPT_OUT = [f"-pno:{name}" for name in ("numpy", "torch", "tensorflow", "jax")]


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
    assert stack["takes"]["convolution"] == "a whole number from 0 to 1000; 0 for none"


def test_list_everything_as_json(cli):
    found = json.loads(cli("list", "--json").out)
    assert found.keys() == {"backends", "cells", "networks", "tasks", "suites"}
    fakes = {entry["name"]: entry for entry in found["backends"]}
    assert (fakes["fake"]["status"], fakes["fake"]["default"]) == ("ok", "good")


def test_where_there_are_no_tasks_it_is_said_what_to_install(cli, monkeypatch):
    monkeypatch.setattr(catalog, "entries", lambda *_: [])
    assert cli("list", "cells").err == ""
    ended = cli("list", "tasks")
    assert ended.code == 0
    assert re.fullmatch(r"no tasks are installed; pip install \S*tasks\n", ended.err)


def test_list_devices(cli):
    found = json.loads(cli("list", "devices", "--json", *KEPT_OUT).out)
    (fake,) = (entry for entry in found["devices"] if entry["name"] == "fake")
    assert (fake["status"], fake["devices"]) == ("ok", ["cpu"])


def test_one_that_cannot_be_described_is_named_and_the_others_are_listed(cli):
    ended = cli("list", "--json", "-p", "undescribed")
    found = json.loads(ended.out)
    assert ended.code == 0
    names = {kind: {entry["name"] for entry in own} for kind, own in found.items()}
    assert {"echo", "fine"} <= names["tasks"]
    assert not {"unreadable", "raising"} & names["tasks"]
    assert "broken" not in names["suites"]
    lines = ended.err.splitlines()
    assert "task 'unreadable': NameError: name 'Nowhere' is not defined" in lines
    assert r"task 'raising': ValueError: \x1b[2Jno" in lines
    assert any(line.startswith("suite 'broken': ") for line in lines)
    assert "Traceback" not in ended.err
    assert "echo" in cli("list", "tasks", "-p", "undescribed").out


def write_parts_of_two_machines(run):
    """Write what two kinds of machines have measured of a run, two comparisons each."""
    whole = parted.plan(4)
    for number, cpu in ((1, "one CPU"), (2, "another CPU")):
        part = part_of(whole, number, 2)
        first = parted.begin(machine=replace(MACHINE, cpu=cpu))
        parted.attempt(run, part, parted.everything(part), first)


def test_runs_in_parts_are_gathered_and_listed_by_kind_of_machine(cli, tmp_path):
    write_parts_of_two_machines(tmp_path / "night")
    (tmp_path / "begun" / "parts" / "0001-of-0002.0").mkdir(parents=True)
    ended = cli("list", "runs", "--json", "--out", tmp_path)
    found = json.loads(ended.out)
    assert [one["name"] for one in found] == ["night", "night/machine-2"]
    assert [one["rows"] for one in found] == [4, 4]
    assert ended.err == f"{tmp_path}/begun: no part of this run has written anything yet\n"
    shown = json.loads(cli("show", found[1]["name"], "--json", "--out", tmp_path).out)
    assert {row["hidden"] for row in shown} == {4, 6}


def test_a_folder_of_runs_stands_for_every_kind_of_machine(cli, tmp_path):
    write_parts_of_two_machines(tmp_path / "night")
    ended = cli("publish", tmp_path, "--format", "csv")
    assert (ended.code, ended.err) == (0, "")
    assert {"one CPU", "another CPU"} <= set(re.findall(r"\w+ CPU", ended.out))
