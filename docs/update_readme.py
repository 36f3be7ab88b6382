"""Writes the tables of README.md and results/README.md from committed runs; ``--check`` compares.

A table stands between ``<!-- rnnbench publish … -->`` and ``<!-- end -->``: what that command
prints in the root of the repository.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from rnnbench.report.publish.publication import END, MARK
from rnnbench.system.io.files import write_file

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "results" / "README.md")
TABLE = re.compile("<!-- rnnbench (publish .*?) -->.*?<!-- end -->", re.DOTALL)


def filled(text: str) -> str:
    """Return the text with every table drawn afresh."""

    def table(match: re.Match[str]) -> str:
        command = [sys.executable, "-m", "rnnbench", *shlex.split(match[1])]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        drawn = ended.stdout.removeprefix(MARK).strip().removesuffix(END).strip()
        return f"<!-- rnnbench {match[1]} -->\n\n{drawn}\n\n<!-- end -->"

    return TABLE.sub(table, text)


def main() -> None:
    """Write the pages, or exit with 1 if one is stale."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        written = filled(text)
        if "--check" in sys.argv[1:]:
            if written != text:
                sys.exit(f"{page.relative_to(ROOT)} is stale: run docs/update_readme.py")
        else:
            write_file(page, written.encode())


if __name__ == "__main__":
    main()
