"""What strangers have written, in files and in metadata, can't speak to the terminal."""

import json
import unicodedata

import msgspec
import pytest
import strangers
from specimens import COMPARISON, KEY, RECORDS

from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer
from rnnbench.schema.records.kinds import AnyRecord

#: Renames the window, clears the screen, turns letters round, forges a line, breaks a table.
ODD = "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e\u2028\r\nforged: ok|`<script>[x](y)"
#: Texts of the specimens that are names, versions, reasons.
SOILED = (
    *("fake", "good", "second", "raises", "echo", "lstm", "T 3, batch 4, 1 → 3 → 1"),
    *("some CPU", "Linux 6", "0.1.0", "1.2", "error", "RuntimeError: broken", "numpy"),
    "2026-01-02T03:04:05+00:00",
)


def is_harmless(text):
    """Return whether a text holds no control but newlines."""
    controls = {c for c in text if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs")}
    return controls <= {"\n"} and "\u202e" not in text


def is_plain(text):
    """Return whether none of the newlines is a stranger's, either."""
    return is_harmless(text) and "\nforged" not in text


def soiled(record):
    """Return a record with something odd at the end of its names, versions and reasons."""
    text = msgspec.json.encode(record).decode()
    for clean in SOILED:
        text = text.replace(msgspec.json.encode(clean).decode(), json.dumps(clean + ODD))
    return text


def written(folder):
    """Write the results file of a stranger; return its path."""
    comparison = msgspec.json.decode(soiled(COMPARISON), type=type(COMPARISON))
    folder.mkdir()
    with Writer(folder / FILE) as writer:
        for record in RECORDS:
            text = soiled(record).replace(KEY, comparison.key)
            writer.write(msgspec.json.decode(text, type=AnyRecord))
    return folder / FILE


@pytest.fixture
def file(tmp_path):
    """The results file of a stranger."""
    return written(tmp_path / "run")


@pytest.mark.parametrize(
    "arguments",
    [
        ["show"],
        ["show", "--format", "markdown"],
        ["show", "--json"],
        *(["publish", "--format", form] for form in ("markdown", "csv", "json", "latex")),
        ["publish", "--format", "latex", "--pivot", "task"],
        ["export", "--format", "pytest-benchmark"],
    ],
    ids=" ".join,
)
def test_a_results_file_is_shown_plainly(cli, file, arguments):
    ended = cli(*arguments, file)
    assert ended.code == 0
    assert "pwned" in ended.out
    assert is_plain(ended.out)
    assert is_plain(ended.err)


@pytest.mark.parametrize("shape", ["terminal", "markdown", "json"])
def test_two_results_files_are_compared_plainly(cli, file, tmp_path, shape, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    other = written(tmp_path / "other")
    ended = cli("compare", file, other, "--fail-on", "undecided", "--format", shape)
    assert ended.code == 3
    for text in (ended.out, ended.err):
        assert "pwned" in text
        assert is_plain(text)
    assert {line.partition(" ")[0] for line in ended.err.splitlines()} == {"::error"}


def test_runs_are_listed_plainly(cli, file, tmp_path):
    for command in (["list", "runs"], ["baseline", "save", "mine", file], ["baseline", "list"]):
        ended = cli(*command, "--out", tmp_path)
        assert ended.code == 0
        assert is_plain(ended.out + ended.err)


def test_what_is_exported_is_plain_to_whoever_prints_it(cli, file):
    exported = json.loads(cli("export", "--format", "pytest-benchmark", file).out)
    assert is_plain(msgspec.json.encode(exported).decode())


def test_a_markdown_table_keeps_its_form(cli, file):
    text = cli("show", "--format", "markdown", file).out
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 5
    assert len({line.count("|") for line in table}) == 1
    for markup in ("<", "`", "]("):
        assert markup not in text


def test_a_row_that_does_not_exist_is_refused_plainly(cli, file):
    ended = cli("show", file, "--baseline", f"torch{ODD}")
    assert ended.code == 2
    assert "Known: " in ended.err
    assert is_plain(ended.err)


def test_a_damaged_results_file_is_refused_plainly(cli, tmp_path):
    path = tmp_path / "odd\x1b[2J.jsonl"
    path.write_text(json.dumps({"record": ODD}))
    ended = cli("show", path)
    assert ended.code == 2
    assert is_plain(ended.err)


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """Install a distribution whose metadata and whose cell are odd."""
    (tmp_path / "stranger.py").write_text(
        "import dataclasses\n"
        "from rnnbench import Cell, hookimpl\n\n"
        f"ODD = {ODD!r}\n\n"
        "@dataclasses.dataclass(frozen=True)\n"
        "class Odd(Cell):\n"
        "    __doc__ = ODD.replace(chr(10), '')\n"
        "    name, gates = 'odd', (ODD,)\n"
        "    note: str = ODD\n"
        "    def step(self, xp, p, x, state):\n"
        "        return state\n\n"
        "@dataclasses.dataclass(frozen=True)\n"
        "class Wrong(Cell):\n"
        "    name, gates = ODD, ()\n\n"
        "@hookimpl\n"
        "def rnnbench_cells():\n"
        "    return [Odd, Wrong, ODD]\n\n"
        "@hookimpl\n"
        "def rnnbench_tasks():\n"
        "    raise RuntimeError(ODD.replace(chr(10), ''))\n"
    )
    info = tmp_path / "stranger-1.0.dist-info"
    info.mkdir()
    odd = "\x1b]0;pwned\x07\x1b[2J\u202e"
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: st{odd}r\nVersion: 1{odd}.0\n")
    groups = [f"[rnnbench.{group}]\nod{odd}d = stranger\n" for group in ("cells", "tasks")]
    (info / "entry_points.txt").write_text("".join(groups))
    monkeypatch.syspath_prepend(tmp_path)
    strangers.forget(monkeypatch, "stranger")
    return odd


@pytest.mark.parametrize(
    "arguments",
    [
        ["plugins", "list"],
        ["plugins", "list", "--json"],
        ["plugins", "list", "--debug"],
        ["plugins", "doctor", "odd"],
        ["plugins", "doctor", "odd", "--json"],
        ["list", "cells"],
        ["list", "tasks"],
        ["list", "cells", "--json"],
    ],
    ids=" ".join,
)
def test_plugins_are_listed_plainly(cli, stranger, arguments):
    ended = cli(*arguments)
    assert "pwned" in ended.out
    assert is_plain(ended.out)
    assert is_plain(ended.err)


def test_an_unknown_plugin_is_refused_plainly(cli, stranger):
    ended = cli("plugins", "doctor", "od")
    assert ended.code == 2
    assert r"\x1b]0;pwned" in ended.err  # among the names that are known
    assert is_plain(ended.err)


@pytest.mark.parametrize(
    "content",
    [
        f"{json.dumps(ODD)} = 1\n",
        f"[[block]]\ntasks = [{json.dumps(ODD)}]\ncells = ['elman']\n",
        "[[block]]\ntasks = ['echo']\ncells = ['elman']\noptions.echo.path = 1\n",
        f"# {ODD}\n",
        "[[block]]\n\x1b[2J\n",
    ],
)
def test_a_suite_is_refused_plainly(cli, tmp_path, monkeypatch, content):
    path = tmp_path / "suite\x1b[2J.toml"
    path.write_text(content, newline="")
    arguments = ["run", "--suite", path, "--out", tmp_path / "out"]
    ended = cli(*arguments)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert is_plain(ended.err)
    monkeypatch.setenv("RNNBENCH_DEBUG", "1")
    ended = cli(*arguments)
    assert (ended.code, ended.err[:9]) == (2, "Traceback")
    assert is_harmless(ended.err)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--set", f"echo.path{ODD}=1"],
        ["--set", f"echo.length={ODD}"],
        ["--backends", f"fake:{ODD}"],
        ["--tasks", ODD],
        ["--device", ODD],
        ["--python", f"torch={ODD}"],
        ["--precision", ODD],
        [f"--{ODD}"],
        ["-p", ODD],
    ],
)
def test_an_option_is_refused_plainly(cli, tmp_path, arguments):
    ended = cli("run", "--suite", "tiny", "--out", tmp_path / "out", *arguments)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert is_plain(ended.err)
