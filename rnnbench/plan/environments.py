"""Other interpreters for workers: another version of a framework, or one that can't share a place.

An environment is a virtual environment with ``rnnbench`` and a backend's plugin installed. Its name
is that of a backend, whose rows all run there, or one of its own, for rows such as ``torch@old``.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from rnnbench.errors import UsageError

#: What an interpreter is asked, the current folder kept out as in a worker.
_QUESTION = ["-P", "-c", "from importlib.metadata import version; print(version('rnnbench'))"]
#: Seconds that it may take to answer.
_PATIENCE = 60


def parse(assignments: Iterable[str]) -> dict[str, str]:
    """Parse what ``--python`` was given: ``NAME=PATH``.

    Raises:
        UsageError: naming the one that is something else.
    """
    found = {}
    for text in assignments:
        match = re.fullmatch(r"([a-z][a-z0-9_.-]*)=(.+)", text)
        if match is None:
            raise UsageError(f"--python {text!r} is not NAME=PATH, as in old=venv/bin/python")
        found[match[1]] = match[2]
    return found


def resolve(pythons: Mapping[str, str]) -> dict[str, str]:
    """Return the interpreters by name as absolute paths, each having been asked for its rnnbench.

    Raises:
        UsageError: if one does not start, or has no ``rnnbench`` of this version.
    """
    found = {name: str(Path(path).expanduser().absolute()) for name, path in pythons.items()}
    ours = metadata.version("rnnbench")
    for name, path in found.items():
        try:
            asked = subprocess.run(
                [path, *_QUESTION], capture_output=True, text=True, timeout=_PATIENCE, check=False
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:  # a zero byte in it
            reason = getattr(error, "strerror", None) or "it can't be started, or does not answer"
            raise UsageError(f"environment {name!r}: {path}: {reason}") from None
        theirs = asked.stdout.strip()
        if asked.returncode != 0:
            raise UsageError(f"environment {name!r}: {path} has no rnnbench; install it there")
        if theirs != ours:
            raise UsageError(
                f"environment {name!r}: {path} has rnnbench {theirs}, this is {ours}; "
                "install the same version there"
            )
    return found
