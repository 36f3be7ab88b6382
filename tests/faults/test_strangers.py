"""Plugins that are installed and that nobody asked for: none of them ends or spoils a command."""

import json
import os
import subprocess
import sys

import pytest
import strange
import strangers
from commands import ENVIRONMENT, Ended


def command(folder, *arguments, **options):
    """Run the command line where a folder has plugins."""
    path = os.pathsep.join([str(folder), ENVIRONMENT["PYTHONPATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "rnnbench", *map(str, arguments)],
        env=os.environ | ENVIRONMENT | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("strange")
    strange.install(made)
    return made


@pytest.fixture(scope="module")
def listed(folder):
    return command(folder, "plugins", "list", "--json")


@pytest.fixture(scope="module")
def items(listed):
    return {item["name"]: item for item in json.loads(listed.out) if item["kind"] == "cell"}


def test_a_command_comes_to_its_end_and_its_json_is_json(listed, items):
    slow_to_end = "plugin strange_forks 1.0 leaves a process behind, which is ended"
    assert listed.code == 0
    told = [line for line in listed.err.splitlines() if line != slow_to_end]
    named = ("useless", "worthless")
    assert [line.split()[1] for line in told] == [f"strange_{name}" for name in named]
    assert all(line.endswith(" more, put back") for line in told)
    assert items["elman"]["status"] == "ok"
    assert "spoiled" not in listed.out


@pytest.mark.parametrize("name", strange.BROKEN)
def test_one_that_is_of_no_use_is_named_with_what_it_does(items, name):
    item, (_, *said) = items[f"strange_{name}"], strange.BROKEN[name]
    assert item["status"] == "broken"
    assert item["distribution"] == f"strange_{name}"
    assert all(part in item["detail"] for part in said), item["detail"]


@pytest.mark.parametrize("name", strange.USABLE)
def test_one_that_only_leaves_things_elsewhere_is_used(items, name):
    assert items[name]["status"] == "ok"


def test_what_they_print_is_shown_with_debug_and_plainly(folder):
    ended = command(folder, "list", "cells", "--json", "--debug")
    assert json.loads(ended.out)
    assert "spoiledspoiled" in ended.err.replace("\n", "")
    assert "\x1b" not in ended.err


def test_a_command_can_be_made_from_within_a_plugins_folder(folder, tmp_path):
    """Of them, one changes the current folder."""
    ended = command(folder, "export", "nothing", "--output", "out", cwd=tmp_path)
    assert ended.code == 2
    ended = command(folder, "plugins", "new", "cell", "mine", "--output", "here", cwd=tmp_path)
    assert (ended.code, [path.name for path in tmp_path.iterdir()]) == (0, ["here"])


def test_a_row_is_measured_where_they_are_installed(folder, tmp_path):
    """A worker loads them as well."""
    options = ["--cells", "gru", "--backends", "fake:good", "--steps", 2, "--max-time", 0.05]
    ended = command(folder, "run", "--suite", "tiny", *options, "--out", tmp_path, "--json")
    assert ended.code == 0, ended
    assert [row["status"] for row in json.loads(ended.out)] == ["ok"]


TASK = """
import ctypes, os
from dataclasses import dataclass
from fake_plugin import Echo
from rnnbench import hookimpl

@dataclass(frozen=True)
class Strange(Echo):
    name = "strange"

    @property
    def sizes(self):
        ACT
        return "some"

@hookimpl
def rnnbench_tasks():
    return [Strange]
"""
#: What a property of a task that is to run may do, and how the command ends.
PROPERTIES = {
    "os._exit(0)": (2, "sizes raises SystemExit: os._exit(0)"),
    "raise KeyboardInterrupt": (2, "sizes raises KeyboardInterrupt"),
    "raise RuntimeError('a\\x1b[2J\\nb')": (2, r"sizes raises RuntimeError: a\x1b[2J"),
    "ctypes.string_at(0)": (2, "has ended the program: by SIGSEGV"),
    "ctypes.CDLL(None)._exit(0)": (2, "has ended the program: with exit code 0"),
    "os.kill(os.getpid(), 9)": (2, "has ended the program: by SIGKILL"),
    "import signal, time; signal.alarm(1); time.sleep(5)": (2, "has ended the program: by SIGALRM"),
    "import builtins; vars(builtins).clear(); len('')": (2, "sizes raises NameError"),
    "print('x'); os.write(1, b'x'); raise OSError('no')": (2, "sizes raises OSError: no"),
}


@pytest.mark.parametrize("act", PROPERTIES)
def test_whoever_ends_a_plan_is_named_in_one_line(tmp_path, act):
    strangers.write(tmp_path, "strange", TASK.replace("ACT", act), group="tasks")
    options = ["--suite", "tiny", "--tasks", "strange", "--backends", "fake", "--out", tmp_path]
    ended = command(tmp_path, "run", *options)
    code, line = PROPERTIES[act]
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.count("\n") == 1
    assert line in ended.err
    assert ended.err.startswith("rnnbench: task 'strange' of strange 1.0 (")
    assert "\x1b" not in ended.err


def test_what_they_leave_behind_neither_holds_up_nor_spoils_the_end(tmp_path):
    """Threads that go on, and exit handlers that print, or end the program with another code."""
    (tmp_path / "lingering.py").write_text(
        "import atexit, os, threading, time\n"
        "from rnnbench import hookimpl\n"
        "threading.Thread(target=time.sleep, args=(600,)).start()\n"
        "atexit.register(lambda: os._exit(0))\n"
        "atexit.register(lambda: print('BYE'))\n"
        "@hookimpl\n"
        "def rnnbench_cells():\n"
        "    return ()\n"
    )
    ended = command(tmp_path, "list", "cells", "--json", "-p", "lingering", timeout=60)
    assert ended.code == 0
    assert json.loads(ended.out)
    ended = command(tmp_path, "list", "cells", "-p", "lingering", "-p", "nowhere", timeout=60)
    assert (ended.code, ended.out) == (2, "")
