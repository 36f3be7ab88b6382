"""Runs that are measured in Python: as on the command line, in its words."""

import os
import shlex
import signal
import subprocess
import sys
import threading
from inspect import signature
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from commands import ENVIRONMENT
from small_runs import SUITE
from typer.main import get_command

import rnnbench as rb
from rnnbench.api import measuring
from rnnbench.cli import application

#: Options of a command that print: in Python there is an object instead. ``earlier`` is the name
#: of ``--resume``, what ``--strict`` says is ``run.objection``, and ``progress`` is not ``quiet``.
PRINTING = {"as_json", "debug", "strict", "earlier", "quiet"}
#: What submits a run, of which there is nothing to return yet.
SUBMITTING = {"cluster", "parts", "at_once", "cluster_set"}
NAMES = {"assignments": "set", "pythons": "python", "first": "from_", "last": "to"}
TINY = {"backends": "fake:good", "max_time": 0.05, "threads": 1, "no_wait": True}


@pytest.fixture(autouse=True)
def here(fake, tmp_path, monkeypatch):
    """A folder with a small suite."""
    (tmp_path / "small.toml").write_text(SUITE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["run", "scale"])
def test_a_function_has_the_options_of_its_command(name):
    command = get_command(application.application(["--"])).commands[name]
    names = {NAMES.get(one.name, one.name) for one in command.params} - {"help"}
    assert {*signature(getattr(rb, name)).parameters} == names - PRINTING - SUBMITTING | {
        "progress"
    }


def test_a_run_is_returned_and_nothing_is_printed(capfd):
    """The command that repeats it is kept, as if that had been typed."""
    options = {"tasks": ["echo"], "cells": "gru", "set": {"echo.length": 2}, "nesterov": False}
    run = rb.run(suite="small.toml", **TINY, **options, optimizer="sgd", name="first")
    assert run.ok, run.failures
    assert (run.name, run.file.as_posix()) == ("first", "results/first/results.jsonl")
    assert list(run.frame().cell) == ["gru"]
    assert capfd.readouterr() == ("", "")
    assert shlex.join(run.source.made.command) == (
        "rnnbench run --tasks echo --cells gru --backends fake:good --suite small.toml "
        "--set echo.length=2 --threads 1 --optimizer sgd --no-nesterov --max-time 0.05 "
        "--name first --no-wait"
    )
    assert rb.load("first").records == run.records
    assert rb.run(resume="first").records == run.records


def test_a_row_that_fails_is_no_error_and_is_named():
    """Nor need it be the first thread that measures."""
    found = []
    options = {"suite": "small.toml", "cells": "gru", "steps": 0} | TINY
    options["backends"] = ["fake:good", "fake:raises"]
    thread = threading.Thread(target=lambda: found.append(rb.run(**options)))
    thread.start()
    thread.join()
    [run] = found
    assert not run.ok
    assert [(one.row, one.status) for one in run.failures] == [("echo gru fake:raises", "failed")]


def test_a_range_of_sizes_is_measured():
    run = rb.scale("hidden", 2, 16, 4, task="echo", cell="gru", **TINY)
    assert list(run.frame().hidden) == [2, 4, 8, 16]
    assert run.source.over == "hidden"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"hidden": 0}, "--hidden 0"),
        ({"hidden": "many"}, "--hidden many"),
        ({"dtype": "float16"}, "--dtype float16"),
        ({"precision": 5}, "--precision 5"),
        ({"memory_limit": 4}, "--memory-limit 4"),
        ({"seeds": 0}, "--seeds 0"),
        ({"device": "cuda"}, "--device cuda"),
        ({"backends": ["fake:god"]}, "--backends fake:god"),
        ({"cells": "gur"}, "--cells gur"),
        ({"set": {"length": 3}}, "--set length=3"),
        ({"set": {"echo.lenght": 3}}, "--set echo.lenght=3"),
        ({"set": {"echo.length": "x"}}, "--set echo.length=x"),
        ({"out": ""}, "--out ''"),
        ({"name": "a/b"}, "--name a/b"),
        ({"retry_failed": True}, "--retry-failed"),
        ({"split": "seeds"}, "--split seeds"),
        ({"plugins": ["nothing_here"]}, "-p nothing_here"),
        ({"weights": "none.safetensors"}, "--weights none.safetensors"),
        ({"optimizer": "adm"}, "--optimizer adm"),
    ],
)
def test_what_cant_be_done_is_said_in_the_line_of_the_command(cli, options, line):
    with pytest.raises(rb.UsageError) as raised:
        rb.run(suite="small.toml", **options)
    told = cli("run", "--suite", "small.toml", *shlex.split(line)).err
    assert told == f"rnnbench: {raised.value}\n"
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "no run 'first' in results: there are none"),
        ({"cells": "gru", "hidden": 3}, "--cells, --hidden with --resume: a run is gone on with"),
        ({"set": {"echo.length": 3}}, "--set with --resume: a run is gone on with as it was begun"),
    ],
)
def test_a_resumed_run_is_gone_on_with_as_it_was_begun(options, told):
    with pytest.raises(rb.UsageError) as raised:
        rb.run(resume="first", **options)
    assert str(raised.value).startswith(told)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cells": 3}, "'--cells': 3 is no list of names"),
        ({"tasks": []}, "'--tasks': it names nothing; leave it out for all of them"),
        ({"backends": set()}, "'--backends': it names nothing"),
        ({"backends": [None]}, r"'--backends': \[None\] is no list of names"),
        ({"plugins": [3]}, r"'-p': \[3\] is no list of names"),
        ({"set": ["echo.length=3"]}, r"'--set': \['echo.length=3'\] is no table"),
        ({"out": 3}, "'--out': 3 is no path"),
        ({"weights": ["a"]}, r"'--weights': \['a'\] is no path"),
        ({"reuse": "yes"}, "'--reuse': 'yes' is not true or false"),
        ({"no_wait": 1}, "'--no-wait': 1 is not true or false"),
        ({"hidden": "a\nb"}, r"'--hidden': a\\nb is not a whole number"),
    ],
)
def test_a_value_of_another_type_is_refused_in_a_line(options, said):
    with pytest.raises(rb.UsageError, match=f"^Invalid value for {said}"):
        rb.run(suite="small.toml", **options)


def test_weights_beside_a_net_of_ones_own_are_refused_before_they_are_looked_for():
    with pytest.raises(rb.UsageError, match=r"^--weights with --model: its file is for"):
        rb.run(suite="small.toml", models=["a.py:Net"], weights="none")


@pytest.mark.parametrize("kind", [np.array, pd.Series, set, iter, dict.fromkeys])
def test_names_may_stand_in_whatever_holds_several(monkeypatch, kind):
    found = []
    monkeypatch.setattr(measuring, "carry_out", found.append)
    names = ["gru"] if kind is not dict.fromkeys else ["gru", "lstm"]
    given = kind(names)
    rb.run(cells=given.keys() if isinstance(given, dict) else given, hidden=np.int64(3))
    assert (found[0]["cells"], found[0]["hidden"]) == (names, 3)
    assert type(found[0]["hidden"]) is int


def test_an_option_is_a_plain_value():
    with pytest.raises(rb.UsageError, match=r"^--set echo.length: '\{\}' is no text"):
        rb.run(suite="small.toml", set={"echo.length": {}})


#: A script, as a user writes it: no guard around what it calls.
SCRIPT = """
import rnnbench as rb

try:
    rb.run(suite="small.toml", backends="fake:good", max_time=60, precision="0.0001%",
           name="long", no_wait=True, progress=True)
except KeyboardInterrupt as error:
    print(error.run.name, "complete" if error.run.complete else "partly", error)
"""


def test_ctrl_c_keeps_and_names_what_was_measured(here):
    (here / "script.py").write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, "script.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | ENVIRONMENT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    for line in process.stderr:
        if "timing" in line:
            break
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert out == "long partly interrupted; go on with: rnnbench run --resume long\n"
    assert process.returncode == 0
    assert not rb.load("long").complete
