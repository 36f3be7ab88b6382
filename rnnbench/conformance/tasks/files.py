"""The files that a task opens, as the interpreter reports them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

#: Where what is opened is kept while somebody looks.
_watching: list[set[str]] = []
#: Files of an installation, of modules and of the system, which are no data.
_CODE = {".py", ".pyc", ".so", ".pyd", ".pth"}
_SYSTEM = ("/proc/", "/sys/", "/dev/")


@contextmanager
def opened_files() -> Iterator[set[str]]:
    """Give the set of the files that are opened meanwhile and may hold data.

    Those of modules and of the Python installation are left out. A library that opens files
    without Python's knowledge is not seen.
    """
    _listen()
    found: set[str] = set()
    _watching.append(found)
    try:
        yield found
    finally:
        _watching.remove(found)


@cache
def _listen() -> None:
    """Have the interpreter report what it opens: once, as it can't be asked to stop."""
    sys.addaudithook(_notice)


def _notice(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _watching and isinstance(path := arguments[0], str | bytes):
        name = path if isinstance(path, str) else path.decode(errors="replace")
        if not _is_code(name):
            for found in _watching:
                found.add(name)


def _is_code(name: str) -> bool:
    place = Path(name).absolute()
    installed = any(place.is_relative_to(root) for root in {sys.prefix, sys.base_prefix})
    return installed or place.suffix in _CODE or str(place).startswith(_SYSTEM)
