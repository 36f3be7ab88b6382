"""What holds of all commands."""

import re
import subprocess
import sys

import pytest
from commands import rnnbench

from rnnbench.cli import main as command_line

FRAMEWORKS = {"torch", "tensorflow", "jax", "keras", "autograd"}


def test_version(cli):
    assert re.fullmatch(r"rnnbench \d+\.\d+\.\d+\n", cli("--version").out)


def test_no_arguments_show_the_help(cli):
    ended = cli()
    assert "Usage" in ended.out + ended.err
    assert (ended.out + ended.err).count("\n") > 5


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["show", "-h"]], ids=" ".join)
def test_help_fits_and_is_plain(fake, arguments):
    ended = rnnbench(*arguments)
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= 100
    assert "\x1b" not in ended.out


@pytest.mark.parametrize(
    ("arguments", "light"),
    [
        (["--help"], FRAMEWORKS | {"pandas", "scipy", "numpy"}),
        (["--version"], FRAMEWORKS | {"pandas", "scipy", "numpy"}),
        (["list", "cells"], FRAMEWORKS | {"pandas", "scipy", "numpy"}),
        (["show"], FRAMEWORKS | {"scipy.stats"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_no_more_than_it_needs(shared_run, out, arguments, light):
    code = f"""
import sys
from rnnbench.cli.main import main
sys.argv = ["rnnbench", *{arguments!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code
print(*sys.modules, file=sys.stderr)
"""
    folder = out if arguments == ["show"] else None
    if folder:
        code = code.replace("*['show']", f"'show', '--out', {str(folder)!r}")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert light.isdisjoint(done.stderr.split())


def test_main_is_what_the_package_runs():
    from importlib import metadata

    (script,) = metadata.entry_points(group="console_scripts", name="rnnbench")
    assert script.load() is command_line.main
