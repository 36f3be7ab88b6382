"""Draws what a person sees: the table in a terminal, and the page of a comparison in a browser.

    python docs/update_pictures.py           # the table; --check compares it with what is there
    python docs/update_pictures.py --page    # and the page, which needs playwright and a chromium

Both are of the committed run. The page is a photograph, which no two browsers take alike, and so is
compared with nothing.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
TABLE, PAGE = PICTURES / "table.svg", PICTURES / "page.png"
#: Columns of the terminal, and pixels of the window.
COLUMNS, WINDOW = 100, {"width": 1280, "height": 1160}
COMMAND = ["show", "results/published/default", "--filter", "cell=lstm"]
COMMAND += ["--filter", "task=adding-problem"]
TITLE = "<title>adding-problem · lstm"
#: A picture in a document may fetch nothing: the fonts of the reader will do.
FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
#: What of a drawing is no text; another version of rich writes it in another way.
NO_TEXT = re.compile(r"<style>.*?</style>|<[^>]*>", re.DOTALL)


def rnnbench(*arguments: str) -> str:
    """Return what a command prints on a terminal with colours."""
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm"}
    command = [sys.executable, "-m", "rnnbench", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout


def table() -> str:
    """Return the drawing of a terminal in which the table was printed."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(rnnbench(*COMMAND)))
    title = " ".join(["rnnbench", *COMMAND])
    return console.export_svg(title=title, code_format=FONTS.sub("", CONSOLE_SVG_FORMAT))


def words(drawing: str) -> list[str]:
    """Return the words of a drawing."""
    return NO_TEXT.sub(" ", drawing).split()


def photograph() -> None:
    """Take the picture of the page of the same comparison."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        rnnbench("publish", "results/published/default", "--format", "site", "--output", folder)
        pages = Path(folder, "comparisons").glob("*.html")
        shown = next(one for one in pages if TITLE in one.read_text(encoding="utf-8"))
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        page = playwright.chromium.launch(executable_path=path).new_page(viewport=WINDOW)
        page.goto(shown.as_uri())
        page.locator("figure.picture[data-drawn]").first.wait_for()
        page.screenshot(path=PAGE)


def main() -> None:
    """Draw, or exit with 1 if the table is not the one of the committed run."""
    drawn = table()
    if "--check" in sys.argv[1:]:
        if not TABLE.exists() or words(TABLE.read_text(encoding="utf-8")) != words(drawn):
            sys.exit(f"{TABLE.name} is out of date; run: python docs/update_pictures.py")
        return
    PICTURES.mkdir(exist_ok=True)
    TABLE.write_text(drawn, encoding="utf-8")
    if "--page" in sys.argv[1:]:
        photograph()


if __name__ == "__main__":
    main()
