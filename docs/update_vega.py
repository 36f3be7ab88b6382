"""Writes the library that draws the pictures of pages, made by vl-convert; ``--check`` compares.

It stands in the package, as a page is made much sooner than the library: its first line says what
has made it. Another version of vl-convert makes another one, which is no fault of what is there.
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import vl_convert

from rnnbench.report.pictures.drawing import VERSION
from rnnbench.site.templating import asset
from rnnbench.system.io.files import write_file

FILE = Path(__file__).parent.parent / "rnnbench" / "site" / "assets" / "vega.js"


def made_by() -> str:
    """Return the first lines: a comment that says what has made the library."""
    name = "vl-convert-python"
    return f"/* Made by docs/update_vega.py, {name} {metadata.version(name)}.\n"


def script() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, below the licences of all its parts.

    It defines ``vegaEmbed``. All of it stands in a block, as its other names would be everybody's.
    """
    library = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VERSION)
    return f"{made_by()}\n{asset('LICENCES.txt')}*/\n{{\n{library}\n}}\n"


def main() -> None:
    """Write the library, or exit with 1 if it is not what the same vl-convert makes."""
    if "--check" not in sys.argv[1:]:
        write_file(FILE, script().encode())
        return
    there = FILE.read_text(encoding="utf-8")
    if there.startswith(made_by()) and there != script():
        sys.exit(f"{FILE.name} is not what vl-convert makes; run: python docs/update_vega.py")


if __name__ == "__main__":
    main()
