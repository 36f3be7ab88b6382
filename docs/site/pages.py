"""Hooks of MkDocs: files from outside of docs/, and links that lead there.

A link to what is no page of the site keeps its text alone.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
#: By their places in the repository, where they are on the site; and the other way.
OUTSIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "results/README.md": "figures.md",
    "tasks/README.md": "tasks-readme.md",
    "docs/site/iframe-worker.js": "assets/iframe-worker.js",
}
PLACES = {page: source for source, page in OUTSIDE.items()}
#: What a link may lead to.
SHOWN = (".md", ".png", ".svg")
#: A picture or a link, its text and where it leads: not what a scheme or an anchor begins.
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the files from outside."""
    for source, place in OUTSIDE.items():
        files.append(File.generated(config, place, content=(ROOT / source).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Have links lead to pages of the site."""
    name = page.file.src_uri
    folder = PurePosixPath(PLACES.get(name, f"docs/{name}")).parent

    def led(found: re.Match[str]) -> str:
        picture, text, target, anchor = found.groups()
        there = os.path.normpath(folder / target)
        own = OUTSIDE.get(there, there.removeprefix("docs/") if there.startswith("docs/") else "")
        if own not in files.src_uris or not own.endswith(SHOWN):
            return text
        where = os.path.relpath(own, PurePosixPath(name).parent)
        return f"{picture}[{text}]({where}{anchor or ''})"

    return LINK.sub(led, markdown)
