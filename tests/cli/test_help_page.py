"""Help pages speak a user's words."""

import itertools
import re
from typing import get_args

import pytest
from typer.main import get_command

from rnnbench.cli import application
from rnnbench.cli.commands.results.plot import plot
from rnnbench.cli.hints import choices
from rnnbench.report.pictures import KindName

COMMANDS = [
    *([name] for name in ("run", "scale", "show", "compare", "export", "check-results", "list")),
    *([name] for name in ("generate", "stream", "explain", "gradient-flow", "profile")),
    *([name] for name in ("status", "gather")),
    *(["publish"], ["plot"], ["baseline"], ["baseline", "save"], ["baseline", "list"]),
    *(["doctor"], ["plugins"], *(["plugins", name] for name in ("list", "new", "test", "doctor"))),
    [],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_page_has_an_example_or_commands_and_no_type_of_a_program(cli, command):
    ended = cli(*command, "--help")
    assert ended.code == 0
    example = re.search(rf"^ rnnbench {' '.join(command)}\b", ended.out, re.MULTILINE)
    assert example or "─ Commands ─" in ended.out
    page = re.sub(r"--prompt +TEXT", "", ended.out)  # which is one
    assert not [word for word in ("<", "TEXT", "INTEGER", "BOOL", "list[") if word in page]


@pytest.mark.parametrize("width", ["20", "80"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_on_a_page_is_cut(cli, monkeypatch, command, width):
    monkeypatch.setenv("COLUMNS", width)
    assert "…" not in cli(*command, "--help").out


@pytest.mark.parametrize("command", [["explain"], ["plugins", "new"], []], ids=" ".join)
def test_paragraphs_are_set_for_the_width_of_the_terminal(cli, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "400")
    lines = cli(*command, "--help").out.split("╭")[0].split("\n")
    texts = [line.strip() for line in lines]
    assert not [pair for pair in itertools.pairwise(texts) if all(pair)]


def test_the_list_of_commands_here_is_whole():
    assert {command[0] for command in COMMANDS if command} == application.COMMANDS.keys()


def test_the_page_of_all_commands_has_each_once_and_in_its_group(cli):
    panels = {}
    for line in cli("--help").out.split("\n"):
        if title := re.match("╭─ (.*?) ─", line):
            names = panels[title[1]] = []
        elif name := re.match("│ ([a-z]\\S*)", line):
            names.append(name[1])
    assert panels.pop("Options") == []
    assert panels == {title: list(group) for title, group in application.GROUPS.items()}


def test_what_an_argument_may_be_stands_there(cli):
    assert "all|backends|devices|cells|" in cli("list", "--help").out


def test_every_kind_of_picture_is_told():
    assert [kind for kind in get_args(KindName) if f"[b]{kind}[/b]" not in plot.__doc__] == []


@pytest.mark.parametrize("command", ["run", "scale", "plot", "publish"])
def test_no_choice_is_broken_where_there_are_80_columns(cli, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    page = cli(command, "--help").out
    for option in get_command(application.application([command])).commands[command].params:
        for choice in choices(option):
            assert re.search(rf"(?<![\w-]){choice}(?![\w-])", page)
