"""How what is missing is installed, said by whoever finds it missing."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

#: The checkout that this module is in, if it is in one.
ROOT = Path(__file__).parents[2]
#: Where the distributions of this project lie in a checkout.
FOLDERS = {"rnnbench-tasks": "tasks"}


def command_to_install(distribution: str) -> str:
    """Return the command that installs a distribution of this project.

    It names the folder in the checkout where there is one, seen from the current folder.
    """
    folder = ROOT / FOLDERS.get(distribution, f"plugins/{distribution}")
    if not (folder / "pyproject.toml").is_file():
        return f"pip install {distribution}"
    path = os.path.relpath(folder)
    return f"pip install {shlex.quote(path if path.startswith('.') else f'./{path}')}"
