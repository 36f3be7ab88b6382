"""Writes the tables of devices.md from committed runs; ``--check`` only compares.

Those of a run stand between ``<!-- scaling NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

from rnnbench.analysis.run_results import row_results
from rnnbench.report import run_origin
from rnnbench.report.formats.markdown import render_table
from rnnbench.report.one_run import speedup
from rnnbench.results import reader
from rnnbench.system.io.files import write_file

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "devices.md"
RUNS = ROOT / "results" / "published" / "devices"
TABLES = re.compile("<!-- scaling (\\w+) -->.*?<!-- end -->", re.DOTALL)


def filled(text: str) -> str:
    """Return the text with the tables of every run drawn afresh."""

    def tables(match: re.Match[str]) -> str:
        records = reader.read(RUNS / match[1] / "results.jsonl")
        made = [run_origin.made(records)]
        found = [replace(one, made=made) for one in speedup.tables(row_results(records))]
        drawn = "\n".join(map(render_table, found)).strip()
        return f"<!-- scaling {match[1]} -->\n\n{drawn}\n\n<!-- end -->"

    return TABLES.sub(tables, text)


def main() -> None:
    """Write the page, or exit with 1 if it is stale."""
    text = PAGE.read_text(encoding="utf-8")
    written = filled(text)
    if "--check" not in sys.argv[1:]:
        write_file(PAGE, written.encode())
    elif written != text:
        sys.exit("docs/devices.md is stale: run docs/update_devices.py")


if __name__ == "__main__":
    main()
