"""Writes the tables of README.md from the committed runs they name; ``--check`` only compares.

A table stands between ``<!-- table: PATH CELL -->`` and ``<!-- end -->``: the blocks of a run with
that cell.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rnnbench.analysis.run_results import row_results
from rnnbench.report import made, run_tables
from rnnbench.report.formats import markdown
from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.system.files import write_file

ROOT = Path(__file__).parent.parent


def filled(text: str) -> str:
    """Return the text with every table drawn afresh."""

    def table(match: re.Match[str]) -> str:
        records = reader.read(folders.find(str(ROOT / match[1]), ROOT))
        chosen = run_tables.tables(one for one in row_results(records) if one.cell == match[2])
        drawn = markdown.render(made.heading(records), chosen)
        return f"<!-- table: {match[1]} {match[2]} -->\n\n{drawn}\n<!-- end -->"

    return re.sub(r"<!-- table: (\S+) (\S+) -->.*?<!-- end -->", table, text, flags=re.DOTALL)


def main() -> None:
    """Write README.md, or exit with 1 if it is stale."""
    readme = ROOT / "README.md"
    text = readme.read_text()
    if "--check" in sys.argv[1:]:
        sys.exit(filled(text) != text and "README.md is stale: run docs/update_readme.py")
    write_file(readme, filled(text).encode())


if __name__ == "__main__":
    main()
