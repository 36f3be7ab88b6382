"""Writes the columns of a run into results.md, from where they are defined; ``--check`` compares.

They stand between ``<!-- columns -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rnnbench.analysis.row_objects import columns

PAGE = Path(__file__).parent / "results.md"


def filled(text: str) -> str:
    """Return the text with its table drawn afresh."""
    table = f"<!-- columns -->\n\n{drawn()}\n\n<!-- end -->"
    return re.sub("<!-- columns -->.*?<!-- end -->", lambda _: table, text, flags=re.DOTALL)


def drawn() -> str:
    """Return the columns as a table in Markdown."""
    lines = [f"| `{one.name}` | {one.unit} | {one.meaning} |" for one in columns()]
    return "\n".join(["| name | unit | meaning |", "| --- | --- | --- |", *lines])


def main() -> None:
    """Write results.md, or exit with 1 if it is stale."""
    text = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        sys.exit(filled(text) != text and "docs/results.md is stale: run docs/update_results.py")
    PAGE.write_text(filled(text), encoding="utf-8")


if __name__ == "__main__":
    main()
