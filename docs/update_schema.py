"""Writes results.schema.json, which ships with the package, from the types of records.

With ``--check`` it only compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rnnbench.results.json_schema import schema
from rnnbench.system.io.files import write_file

FILE = Path(__file__).parent.parent / "rnnbench" / "results" / "results.schema.json"


def main() -> None:
    """Write the schema, or exit with 1 if it is stale."""
    text = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv[1:]:
        write_file(FILE, text.encode())
    elif not FILE.is_file() or FILE.read_text(encoding="utf-8") != text:
        sys.exit(f"{FILE.name} is stale: run docs/update_schema.py")


if __name__ == "__main__":
    main()
