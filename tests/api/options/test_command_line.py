"""A call as the command line that it stands for."""

import shlex

import pytest

from rnnbench.api.measuring import run, scale
from rnnbench.api.options.command_line import words


@pytest.mark.parametrize(
    ("function", "given", "line"),
    [
        (run, {}, "run"),
        (run, {"tasks": (), "hidden": None, "timeout": 600.0, "progress": True}, "run"),
        (run, {"cells": ["lstm", "gru"], "backends": "torch:all"}, "run --cells lstm,gru "
         "--backends torch:all"),
        (run, {"set": {"a.b": 2, "a.c": [1, 2], "d.e": True}}, "run --set a.b=2 "
         "--set 'a.c=[1, 2]' --set d.e=true"),
        (run, {"plugins": ["one", "no:two"]}, "run -p one -p no:two"),
        (run, {"plugins": "one"}, "run -p one"),
        (run, {"nesterov": False, "save_weights": True}, "run --no-nesterov --save-weights"),
        (run, {"python": {"old": "old/bin/python"}}, "run --python old=old/bin/python"),
        (run, {"resume": "first", "retry_failed": True}, "run first --resume --retry-failed"),
        (scale, {"over": "hidden", "from_": 2, "to": 8, "points": 6}, "scale --over hidden "
         "--from 2 --to 8"),
    ],
)  # fmt: skip
def test_a_call_stands_for_a_command(function, given, line):
    assert shlex.join(words(function, given)) == line
