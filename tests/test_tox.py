"""What tox.ini names one by one is all that there is."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_that_needs_frameworks_is_run():
    commands = (ROOT / "tox.ini").read_text().partition("[testenv:all]")[2]
    commands = commands.partition("[testenv:nightly]")[0]
    files = (ROOT / "tests" / "integration").glob("test_*.py")
    folders = (path for where in ("plugins", "examples") for path in (ROOT / where).glob("*/tests"))
    for path in (*files, *folders, ROOT / "tasks" / "tests"):
        assert path.relative_to(ROOT).as_posix() in commands


def test_pre_commit_has_the_ruff_of_lint():
    lint = (ROOT / "tox.ini").read_text().partition("[testenv:lint]")[2]
    version = re.search(r"^    ruff==(\S+)$", lint, re.MULTILINE)[1]
    assert f"rev: v{version}\n" in (ROOT / ".pre-commit-config.yaml").read_text()


def test_the_gate_of_this_project_is_the_example():
    gate = ROOT / ".github" / "workflows" / "gate.yml"
    assert gate.read_text() == (ROOT / "examples" / "gate.yml").read_text()


def test_the_citation_is_of_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
