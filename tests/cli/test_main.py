"""What holds of all commands."""

import os
import re
import subprocess
import sys

import pytest
from commands import rnnbench

from rnnbench.cli import main as command_line

FRAMEWORKS = {"torch", "tensorflow", "jax", "keras", "autograd"}
#: What an environment may import before any program.
STARTUP = {"sitecustomize", "usercustomize"}
#: Typer and what it imports: always, and to draw the page of a help.
TYPER = {"typer", "click", "annotated_doc", "shellingham"}
HELP_PAGE = {"markdown_it", "mdurl", "pygments", "attr", "attrs"}


def test_version(cli):
    assert re.fullmatch(r"rnnbench \d+\.\d+\.\d+\n", cli("--version").out)


def test_no_arguments_show_the_help(cli):
    ended = cli()
    assert "Usage" in ended.out + ended.err
    assert (ended.out + ended.err).count("\n") > 5


def test_an_option_without_its_value_is_told_with_one_full_stop(cli):
    assert cli("show", "--baseline").err == "rnnbench: Option '--baseline' requires an argument.\n"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["show", "-h"]], ids=" ".join)
def test_help_fits_and_is_plain(fake, arguments):
    ended = rnnbench(*arguments)
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= 100
    assert "\x1b" not in ended.out


def imported(*arguments):
    """Return the names of the modules that a command has imported at its end."""
    code = f"""
import sys
from rnnbench.cli.main import main
sys.argv = ["rnnbench", *{list(map(str, arguments))!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code
print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "packages"),
    [
        (["--version"], TYPER),
        (["--help"], TYPER | {"rich", *HELP_PAGE, "msgspec", "typing_extensions"}),
        (["list", "cells"], TYPER | {"rich", "pluggy"}),
    ],
    ids=["--version", "--help", "list cells"],  # sets have no order that two processes share
)
def test_what_a_light_command_imports(arguments, packages):
    """Of other distributions; whatever is added here is paid for by everyone who asks for help."""
    top = {name.partition(".")[0] for name in imported(*arguments)}
    others = {name for name in top - sys.stdlib_module_names if not name.startswith("_")}
    assert "rnnbench" in others
    assert others - STARTUP - {"rnnbench"} <= packages


def test_listing_cells_loads_no_other_command_and_nothing_that_measures():
    own = {name for name in imported("list", "cells") if name.startswith("rnnbench.")}
    rooms = {".".join(name.split(".")[:2]) for name in own}
    assert {
        "rnnbench.running",
        "rnnbench.results",
        "rnnbench.analysis",
        "rnnbench.oracle",
    } & rooms == set()
    assert {name for name in own if name.startswith("rnnbench.cli.commands.")} == {
        "rnnbench.cli.commands.list"
    }


def test_showing_a_run_imports_no_framework(shared_run, out):
    assert imported("show", "--out", out).isdisjoint(FRAMEWORKS | {"scipy.stats"})


@pytest.mark.parametrize("asked", [["-h", "list"], ["lists"], []], ids=" ".join)
def test_where_no_command_is_called_all_are_known(cli, asked):
    ended = cli(*asked)
    text = ended.out + ended.err
    assert "check-results" in text or "Did you mean 'list'?" in text


def test_a_command_is_called_after_two_dashes_too(cli):
    assert "elman" in cli("--", "list", "cells").out


def test_main_is_what_the_package_runs():
    from importlib import metadata

    (script,) = metadata.entry_points(group="console_scripts", name="rnnbench")
    assert script.load() is command_line.program


@pytest.mark.parametrize(
    ("given", "used"),
    [
        *[("0", None), ("-5", None), ("wide", None), ("", None), ("٤٠", None), ("8e1", None)],
        *[("1", "20"), ("0040", "40"), ("300", "300"), ("9" * 5000, "9999")],
    ],
)
def test_a_width_that_can_not_be_is_forgotten(monkeypatch, given, used):
    for name in ("COLUMNS", "TERMINAL_WIDTH"):
        monkeypatch.setenv(name, given)
    command_line.use_widths_that_can_be()
    assert (os.environ.get("COLUMNS"), os.environ.get("TERMINAL_WIDTH")) == (used, used)


@pytest.mark.parametrize("given", ["0", "9" * 30])
def test_help_has_its_page_whatever_the_width(cli, monkeypatch, given):
    monkeypatch.setenv("COLUMNS", given)
    ended = cli("--help")
    assert ended.code == 0
    assert "--version" in ended.out
