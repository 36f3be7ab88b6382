"""Help pages speak a user's words."""

import re

import pytest

COMMANDS = [
    *([name] for name in ("run", "scale", "show", "compare", "export", "check-results", "list")),
    *(["publish"], ["plot"], ["baseline"], ["baseline", "save"]),
    *(["doctor"], ["plugins"], *(["plugins", name] for name in ("list", "new", "test", "doctor"))),
    [],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_type_of_a_program_stands_on_a_page(cli, command):
    ended = cli(*command, "--help")
    assert ended.code == 0
    page = re.sub(r"--prompt +TEXT", "", ended.out)  # which is one
    assert not [word for word in ("<", "TEXT", "INTEGER", "BOOL", "list[") if word in page]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_on_a_page_is_cut(cli, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    assert "…" not in cli(*command, "--help").out


def test_what_an_argument_may_be_stands_there(cli):
    assert "all|backends|devices|cells|" in cli("list", "--help").out
