"""The page of the gate and its workflow name options that there are."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from rnnbench.cli import application

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "docs" / "gate.md", ROOT / "examples" / "gate.yml"]
COMMAND = re.compile(r"^ +(rnnbench [^&|\n#]*)", re.MULTILINE)


def commands(text):
    """Return the command lines of rnnbench in a page or a workflow."""
    return [shlex.split(found) for found in COMMAND.findall(text.replace("\\\n", ""))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_its_commands_can_be_parsed(file):
    found = commands(file.read_text())
    assert len(found) > 1
    app = get_command(application.application(["--"]))
    for words in found:
        context = app.make_context("rnnbench", words[1:])
        context.obj = None
        name, command, rest = app.resolve_command(context, words[1:])
        if hasattr(command, "commands"):
            name, command, rest = command.resolve_command(context, rest)
        command.make_context(name, rest, parent=context)


def test_the_workflow_is_valid_yaml():
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load(FILES[1].read_text())
    (job,) = found["jobs"].values()
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert sum("rnnbench" in run for run in runs) == 3
    assert all("run" in step or "uses" in step for step in job["steps"])
