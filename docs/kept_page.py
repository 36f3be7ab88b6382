"""What the scripts that write a whole page have in common."""

from __future__ import annotations

import sys
from pathlib import Path

from rnnbench.system.io.files import write_file


def keep(page: Path, text: str) -> None:
    """Write a page, or with ``--check`` exit with 1 if it does not hold this text."""
    if "--check" in sys.argv[1:]:
        same = page.is_file() and page.read_text(encoding="utf-8") == text
        sys.exit(not same and f"docs/{page.name} is stale: run docs/update_{page.stem}.py")
    write_file(page, text.encode())
