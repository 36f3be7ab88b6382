"""The commands of the documents: each can be parsed, and each runs as it stands.

They run one after the other in a folder of a reader, with stand-ins for the frameworks, the tasks
and the default suite, and are cut short by options that a reader would not give. With frameworks
`tests/integration` runs the tutorials and the main job.
"""

import re
import shlex
import sys
from functools import cache
from itertools import chain, pairwise, takewhile
from pathlib import Path

import pytest
from commands import ENVIRONMENT
from typer.main import get_command

from rnnbench.cli import application
from rnnbench.doctor import self_test

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(ROOT.glob("plugins/*/README.md")),
    ROOT / "tasks" / "README.md",
    *sorted(ROOT.glob("examples/*/README.md")),
]
#: What stands in a sentence; what stands in blocks begins a line.
INLINE = re.compile(r"`(rnnbench [^`]+)`")
#: What is left out, as are other programs: pip and uv fetch from an index, tox runs these tests.
NEEDS_PIP = {
    ("plugins", "test"): "the tutorials do it",
    ("plugins", "doctor"): "the tutorials do it",
}
BLOCKS = ("README.md", "docs/environments.md", "docs/gate.md", "docs/half-hour.md")
BLOCKS += ("tasks/README.md",)
BLOCKS += tuple(f"plugins/rnnbench-{name}/README.md" for name in ("numpy", "tensorflow"))
#: What a command says that has only blocks to show that others have disturbed.
NOTHING_CLEAN = {
    "export": "has no row with figures to export",
    "plot": "no row was timed undisturbed",
}
#: A net in place of one of PyTorch, which is not here.
NET = """
if False:
    import torch


def Net(problem):
    shape = (problem.inputs, problem.outputs)
    return lambda rng: {"w": rng.normal(size=shape)}, lambda params, xs: xs[-1] @ params["w"]
"""
#: The exit codes of a command that has done what it says: one time in twenty `doctor` finds a row
#: different from itself, and after so short a time it is chance what `compare` finds, if anything.
FINE = {"doctor": {0, 1}, "compare": {0, 3, 4}}


def blocks(page):
    """Return the command lines of a page's blocks, each as words, without comment, pipe, file."""
    text = page.read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith(("    ", "rnnbench "))]
    found = []
    for line in lines:
        for command in re.split(r" && ", line.strip()):
            if re.match(r"rnnbench [a-z-]+", command):
                words = shlex.split(command, comments=True)
                found.append(list(takewhile(lambda word: word not in ("|", ">"), words)))
    return found


def spoken(page):
    """Return the commands in sentences, but those with a placeholder such as ``NAME`` or ``…``."""
    found = [" ".join(command.split()) for command in INLINE.findall(page.read_text())]
    return [shlex.split(one) for one in found if not re.search(r"[A-Z]{3}|…|\[|\.\.\.", one)]


@cache
def every_command():
    """Return the command line with all commands."""
    return get_command(application.application(["--"]))


def resolved(words):
    """Return the command that is called, with its context and the words that are its own."""
    app = every_command()
    context = app.make_context("rnnbench", words[1:])
    _, command, rest = app.resolve_command(context, words[1:])
    if hasattr(command, "commands") and rest:
        _, command, rest = command.resolve_command(context, rest)
    return command, rest, context


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_can_be_parsed(page):
    for words in blocks(page):
        command, rest, context = resolved(words)
        command.make_context(command.name, rest, parent=context)
    for words in spoken(page):  # which leaves out what is required
        command, rest, _ = resolved(words)
        known = {name for option in command.params for name in option.opts} | {"--help"}
        assert {word for word in rest if word.startswith("--")} <= known


def cut_short(words):
    """Return a command that measures as little as can be."""
    kind, added = words[1], []
    options = {"--max-time": "0.01", "--threads": "1", "--steps": "2"}
    if kind == "scale":
        del options["--steps"]
    if kind == "doctor":
        options = {"--max-time": "0.05"}
    if kind == "gradient-flow":
        options = {"--length": "10"}
    if kind in ("run", "scale"):  # what is to be compared names its rows
        options["--backends"] = "numpy"
    often = ("--processes", "--seeds")
    words = ["1" if before in often else word for before, word in pairwise(["", *words])]
    if kind in ("run", "scale", "doctor", "explain", "gradient-flow") and "--resume" not in words:
        given = {name: value for name, value in options.items() if name not in words}
        added = list(chain.from_iterable(given.items()))
    return [*words[1:], *added]


@pytest.fixture
def reader(monkeypatch, tmp_path):
    """The folder of a reader who has done what the documents say about files and environments."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.txt").write_text("a text of the reader's\n" * 50)
    (tmp_path / "reviews.tsv").write_text("good\ta label and a text\n" * 50)
    for folder in ("home", "nets"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "nets" / "mine.py").write_text(NET)
    suite = Path(__file__).parent / "fake" / "documented" / "default.toml"
    (tmp_path / "my-suite.toml").write_text(suite.read_text())
    for name in ("old", "new", "base", "head", "envs/tf"):
        python = tmp_path / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RNNBENCH_PLUGINS", "stand_ins")
    monkeypatch.setattr(self_test, "PROCESSES", 2)  # too few for a verdict, and it takes a third
    return tmp_path


@pytest.mark.parametrize("page", BLOCKS)
def test_every_command_of_a_page_runs_as_it_stands(cli, reader, monkeypatch, page):
    monkeypatch.setenv("RNNBENCH_PLUGINS", "stand_ins")
    done = 0
    for words in blocks(ROOT / page):
        if tuple(words[1:3]) in NEEDS_PIP:
            continue
        words = [word.replace("=/envs/", f"={reader}/envs/") for word in words]
        ended = cli(*cut_short(words))
        nothing_clean = NOTHING_CLEAN.get(words[1], "\n\n") in ended.err
        assert nothing_clean or ended.code in FINE.get(words[1], {0}), (words, ended)
        done += 1
    assert done
