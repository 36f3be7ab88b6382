"""Every link from a page to a file leads to one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("docs", "examples", "plugins", "tasks", "tests")
PAGES = [
    *ROOT.glob("*.md"),
    *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md")),
]
LINK = re.compile(r"\]\((?!\w+://|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_there_are_links():
    assert len(LINK.findall((ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8"))) > 20


def test_every_distribution_has_the_licence():
    """Its source alone, as pip builds it from a folder, holds no file of the folder above."""
    folders = [*ROOT.glob("*/*/pyproject.toml"), *ROOT.glob("*/pyproject.toml")]
    assert len(folders) > 7
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    for file in folders:
        assert (file.parent / "LICENSE").read_text(encoding="utf-8") == text
        assert 'license-files = ["LICENSE"]' in file.read_text(encoding="utf-8")
