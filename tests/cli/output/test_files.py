"""Wherever the output goes, a command ends in one line and an exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ENVIRONMENT

COMMANDS = [["--version"], ["--help"], ["list", "cells"]]


def call(*arguments, shell="", **variables):
    """Run a command by a shell, which leads its output elsewhere; it is quick: nothing is measured.

    Args:
        arguments: of rnnbench.
        shell: what follows the command.
        variables: of the environment.
    """
    line = f'exec "$0" -m rnnbench "$@" {shell}'
    return subprocess.run(
        ["sh", "-c", line, sys.executable, *map(str, arguments)],
        capture_output=True,
        env=os.environ | ENVIRONMENT | variables,
        check=False,
    )


def shows(out):
    """Return the commands that print a run."""
    return [
        ["show", "--out", out],
        ["show", "--out", out, "--format", "markdown"],
        ["show", "--out", out, "--json"],
        ["publish", "--out", out],
        ["check-results", out],
        ["export", "--format", "pytest-benchmark", "--out", out],
    ]


@pytest.mark.parametrize("shell", ["> /dev/full", ">&-"])
def test_what_cannot_be_printed_is_one_line_and_exit_code_1(shared_run, out, shell):
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    for arguments in [*COMMANDS, *shows(out)]:
        ended = call(*arguments, shell=shell)
        if b"has no row with figures to export" in ended.stderr:
            continue  # this machine was too busy
        assert ended.returncode == 1, arguments
        last = ended.stderr.decode().splitlines()[-1]
        assert last.startswith("rnnbench: the output can't be written: ")
        assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("shell", ["> /dev/full", ">&-"])
def test_a_run_that_cannot_print_its_table_says_where_the_results_are(tmp_path, shell):
    ended = call(*("run", "--suite", "tiny", "--backends", "fake", "--out", tmp_path), shell=shell)
    assert ended.returncode == 1
    told = ended.stderr.decode().splitlines()
    (folder,) = tmp_path.iterdir()
    assert told[-2].startswith(f"results in {folder / 'results.jsonl'} after ")
    assert told[-1].startswith("rnnbench: the output can't be written: ")
    again = call("check-results", tmp_path)
    assert (again.returncode, again.stdout.count(b"whole, finished")) == (0, 1)


@pytest.mark.parametrize("shell", ["2> /dev/full", "2>&-", "0<&- >&- 2>&-"])
def test_an_error_that_cannot_be_told_keeps_its_exit_code(shell):
    assert call("list", "nothing", shell=shell).returncode == 2


def test_an_encoding_that_takes_no_text_is_none():
    """That of the names of hosts takes no signs for what it lacks, and no long lines."""
    ended = call("list", "nothing-±-λ", PYTHONIOENCODING="idna")
    assert (ended.returncode, ended.stderr.count(b"\n")) == (2, 1)
    assert "nothing-±-λ" in ended.stderr.decode()
    assert call("list", "cells", PYTHONIOENCODING="idna").returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "koi8-r"])
def test_text_degrades_where_stdout_is_not_utf_8(shared_run, out, encoding):
    for arguments in [["list", "cells"], *shows(out)[:4]]:
        ended = call(*arguments, PYTHONIOENCODING=encoding)
        assert (ended.returncode, ended.stderr) == (0, b""), arguments
        text = ended.stdout.decode(encoding)
        assert "\x1b" not in text
        if arguments[0] == "show" and "--json" not in arguments:
            assert ("+/-" if encoding in ("ascii", "koi8-r") else "±") in text


def test_what_is_printed_in_utf_8_stays_as_it_is(shared_run, out):
    ended = call("show", "--out", out)
    assert "±" in ended.stdout.decode()
    assert ended.stderr == b""


def test_a_reader_that_has_gone_is_no_error(shared_run, out):
    ended = call("show", "--out", out, shell="| head -1")
    assert (ended.stdout.count(b"\n"), ended.stderr) == (1, b"")


@pytest.mark.parametrize("columns", ["30", "40", "80"])
@pytest.mark.parametrize("what", ["backends", "cells", "tasks", "suites"])
def test_lists_fit_and_nothing_in_them_is_cut(cli, monkeypatch, columns, what):
    wide = cli("list", what).out
    monkeypatch.setenv("COLUMNS", columns)
    narrow = cli("list", what).out
    assert max(map(len, narrow.splitlines())) <= int(columns)
    assert "…" not in narrow + wide
    for line in wide.splitlines()[4:]:
        if line.startswith(" ") and (words := line[1:].split("  ")[0].split()):
            assert words[0] in narrow
