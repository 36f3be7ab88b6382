"""Other Python interpreters for workers, for a second version of a framework or one apart.

An environment is a virtual environment in which ``rnnbench`` and a backend's plugin are installed.
If it has the name of a backend, all rows of that backend run there; if it has another name, such as
``old``, rows such as ``torch@old`` do.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from rnnbench.errors import UsageError
from rnnbench.text import shown

#: Arguments that have an interpreter print its version of rnnbench; as in a worker, the current
#: folder is not searched for modules.
_PRINT_VERSION = ["-P", "-c", "from importlib.metadata import version; print(version('rnnbench'))"]
#: Seconds that this may take.
_TIMEOUT = 60


def parse(assignments: Iterable[str]) -> dict[str, str]:
    """Parse the values of ``--python``, ``NAME=PATH``, to paths by name.

    An environment may be written as in ``--backends``: ``torch@old=PATH`` is ``old=PATH``.

    Raises:
        UsageError: naming the value of another form, or the name that is there twice.
    """
    found: dict[str, str] = {}
    for text in assignments:
        match = re.fullmatch(r"(?:[a-z][a-z0-9_.-]*@)?([a-z][a-z0-9_.-]*)=(.+)", text)
        if match is None:
            raise UsageError(f"--python {shown(text)} is not NAME=PATH, as in old=venv/bin/python")
        name, path = match.groups()
        if found.get(name, path) != path:
            raise UsageError(f"--python {name} is there twice, as {found[name]} and as {path}")
        found[name] = path
    return found


def resolve(pythons: Mapping[str, str]) -> dict[str, str]:
    """Return the interpreters by name, as absolute paths; see :func:`checked`."""
    return {name: checked(name, path) for name, path in pythons.items()}


def checked(name: str, path: str) -> str:
    """Return an interpreter as an absolute path, checked by starting it.

    Args:
        name: of the environment, for the error.
        path: as a user gives it.

    Raises:
        UsageError: if it does not start, or has no ``rnnbench`` of this version.
    """
    found = str(Path(path).expanduser().absolute())
    who = f"environment {shown(name)}: {found}"
    try:
        asked = subprocess.run(
            [found, *_PRINT_VERSION],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:  # a zero byte in it
        reason = getattr(error, "strerror", None) or "it can't be started, or does not answer"
        raise UsageError(f"{who}: {reason}") from None
    theirs, ours = asked.stdout.strip(), metadata.version("rnnbench")
    if asked.returncode != 0:
        raise UsageError(f"{who} has no rnnbench; install it there")
    if not re.fullmatch(r"\d[\w.+!-]{0,40}", theirs):
        raise UsageError(
            f"{who} is no Python: asked for its version of rnnbench, it says nothing like one"
        )
    if theirs != ours:
        raise UsageError(
            f"{who} has rnnbench {theirs}, this is {ours}; install the same version there"
        )
    return found
