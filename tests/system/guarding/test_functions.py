"""What a stranger replaces in libraries is put back, and told with its name."""

import ast
import datetime
import json
import math
import os
import pathlib
import sys
import time
from contextlib import suppress

import msgspec
import numpy as np
import pytest

import rnnbench
from rnnbench.system import guarding
from rnnbench.system.guarding import functions

#: What a stranger may replace or remove: where, and its name.
PLACES = {
    "json.dumps": (json, "dumps"),
    "os.fork": (os, "fork"),
    "time.monotonic": (time, "monotonic"),
    "msgspec.convert": (msgspec, "convert"),
    "msgspec.json.encode": (msgspec.json, "encode"),
    "numpy.mean": (np, "mean"),
    "pathlib.Path.open": (pathlib.Path, "open"),
    "datetime.datetime": (datetime, "datetime"),
    "math.inf": (math, "inf"),
    "os.devnull": (os, "devnull"),
    "os.path": (os, "path"),
}


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("change", [lambda of, name: setattr(of, name, None), delattr])
def test_a_function_is_put_back_and_told(what, change, monkeypatch, capfd):
    of, name = PLACES[what]
    before = vars(of)[name]
    monkeypatch.setattr(of, name, before)  # put back after the test in any case
    with guarding.in_hand("somebody"):
        change(of, name)
    assert vars(of)[name] is before
    told = capfd.readouterr().err
    assert f"somebody has replaced {what}" in told
    assert told.count("\n") == 1


@pytest.mark.usefixtures("ours")
def test_one_that_raises_afterwards_or_replaces_much_is_told_in_a_line(monkeypatch, capfd):
    names = ["dump", "dumps", "load", "loads"]
    for name in names:
        monkeypatch.setattr(json, name, getattr(json, name))
    with suppress(ValueError), guarding.in_hand("somebody"):
        for name in names:
            setattr(json, name, print)
        raise ValueError
    assert json.loads(json.dumps([1])) == [1]
    told = "somebody has replaced json.dump, json.dumps, json.load and 1 more, put back\n"
    assert capfd.readouterr().err.endswith(told)


@pytest.mark.usefixtures("ours")
def test_what_is_added_is_left_and_nothing_told(monkeypatch, capfd):
    monkeypatch.delattr(json, "added", raising=False)
    with guarding.in_hand("somebody"):
        json.added = print
    assert vars(json).pop("added") is print
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("ours")
def test_what_is_made_anew_but_the_same_is_no_other_one(monkeypatch, capfd):
    monkeypatch.setattr(time, "tzname", time.tzname)
    with guarding.in_hand("somebody"):
        time.tzname = (*time.tzname,)
    assert capfd.readouterr().err == ""


def imported():
    """Yield the modules that the program imports."""
    for path in pathlib.Path(rnnbench.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module


def test_all_of_python_that_the_program_imports_is_looked_after():
    """But for what is put back by other means, and what libraries change by design."""
    own = {"builtins", "sys", "_signal", "__future__", "logging", "typing"}
    python = {name for name in imported() if name.partition(".")[0] in sys.stdlib_module_names}
    assert python - own <= set(functions.RELIED_ON)
