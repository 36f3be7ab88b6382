"""Plugins made up for a test, installed in a folder as pip would."""

import importlib
import sys

CELL = """
from dataclasses import dataclass
from typing import ClassVar
from rnnbench import Cell, hookimpl

@dataclass(frozen=True)
class Odd(Cell):
    name: ClassVar[str] = "odd"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    def step(self, xp, p, x, state):
        return state

@hookimpl
def rnnbench_cells():
    return [Odd]
"""


def forget(monkeypatch, module):
    """Have a module imported anew, and forgotten with the test: others are of the same name."""
    monkeypatch.setitem(sys.modules, module, None)
    del sys.modules[module]
    importlib.invalidate_caches()


def write(folder, module, source, group="cells", name=None):
    """Install a distribution with one module and one entry point; return the module's file."""
    file = folder / f"{module}.py"
    file.write_text(source)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    entry = f"[rnnbench.{group}]\n{name or module} = {module}\n"
    (info / "entry_points.txt").write_text(entry)
    return file


def write_fifty(folder):
    """Install fifty plugins, ten of each kind, that leave a file when they are imported."""
    for kind in ("backends", "cells", "tasks", "suites", "kernels"):
        for number in range(10):
            mark = f"marked_{kind}_{number}.imported"
            source = (
                "from pathlib import Path\n"
                "from rnnbench import hookimpl\n\n"
                f"Path({str(folder / mark)!r}).touch()\n\n"
                f"@hookimpl\ndef rnnbench_{kind}():\n    return []\n"
            )
            write(folder, f"marked_{kind}_{number}", source, kind)
