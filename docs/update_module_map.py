"""Writes the module map of how-it-works.md; with ``--check`` it only compares.

The packages and their order are those of the contract in pyproject.toml that import-linter checks;
what is said of each is the first line of its docstring.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = ROOT / "rnnbench"
PAGE = ROOT / "docs" / "how-it-works.md"
TABLE = re.compile(r"(<!-- module map -->\n).*?(\n<!-- end -->)", re.DOTALL)


def layers() -> list[str]:
    """Return the packages and modules of the contract, the lowest one first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (stacked,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [name for layer in reversed(stacked) for name in layer.split(" | ")]


def table() -> str:
    """Return the map: one row per package."""
    rows = ["| package | what it holds | modules |", "| --- | --- | --- |"]
    for name in layers():
        path = CODE / name
        source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        link = f"[{name}](../{(path if path.is_dir() else source).relative_to(ROOT)})"
        rows.append(f"| {link} | {first_line(source)} | {', '.join(modules(path))} |")
    return "\n".join(rows)


def first_line(source: Path) -> str:
    """Return the first line of a module's docstring."""
    told = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return told.partition("\n")[0].replace("``", "`")


def modules(package: Path) -> Iterator[str]:
    """Yield the modules of a package, then those of the packages in it."""
    yield from sorted(path.stem for path in package.glob("*.py") if path.stem[0] != "_")
    for inner in sorted(path.parent for path in package.glob("*/__init__.py")):
        yield f"{inner.name}/ ({', '.join(modules(inner))})"


def main() -> None:
    """Write how-it-works.md, or exit with 1 if its map is stale."""
    page = PAGE.read_text(encoding="utf-8")
    drawn = TABLE.sub(lambda found: found[1] + "\n" + table() + "\n" + found[2], page)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(drawn, encoding="utf-8")
    elif drawn != page:
        sys.exit("docs/how-it-works.md is stale: run docs/update_module_map.py")


if __name__ == "__main__":
    main()
