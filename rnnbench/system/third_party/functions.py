"""Functions and classes of libraries that the program itself calls, put back if they are replaced.

A plugin may replace ``json.dumps`` for all of its process, by design or by accident, and what
breaks afterwards would be told with the name of another.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import is_
from typing import Any

#: Modules, and classes of theirs, of which the program relies on every function.
RELIED_ON = (
    *("os", "posixpath", "posix", "io", "pathlib", "tempfile", "shutil", "fcntl", "mmap"),
    *("time", "signal", "threading", "selectors", "select", "socket", "subprocess", "resource"),
    *("json", "re", "math", "random", "statistics", "hashlib", "contextlib", "functools"),
    *("importlib", "importlib.metadata", "msgspec", "msgspec.json", "psutil", "pluggy"),
    *("numpy", "numpy.random", "numpy.linalg"),
)
CLASSES = {"pathlib": ("Path", "PurePath"), "threading": ("Thread",), "subprocess": ("Popen",)}
#: Names that are told of; there may be hundreds.
MOST = 3


@contextmanager
def same_functions(replaced: list[str]) -> Iterator[None]:
    """Put back functions and classes that are replaced within a ``with`` block.

    Those that are added are left.

    Args:
        replaced: is given their names, ``json.dumps``.
    """
    before = {name: (of, dict(vars(of))) for name, of in namespaces()}
    try:
        yield
    finally:
        for name, (of, known) in before.items():
            for attribute in different(known, vars(of)):
                with suppress(AttributeError, TypeError):  # of a class that is written in C
                    setattr(of, attribute, known[attribute])
                    replaced.append(f"{name}.{attribute}")


def namespaces() -> Iterator[tuple[str, Any]]:
    """Yield the modules and classes that are relied on and are loaded, by name."""
    for name in RELIED_ON:
        if (module := sys.modules.get(name)) is not None and hasattr(module, "__dict__"):
            yield name, module
            for own in CLASSES.get(name, ()):
                yield f"{name}.{own}", getattr(module, own)


def different(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return which functions and classes are others, or are gone."""
    if len(before) == len(now) and all(map(is_, before.values(), now.values())):
        return []  # as nearly always, and quickly
    return [name for name, own in before.items() if callable(own) and now.get(name) is not own]


def told(replaced: list[str]) -> str:
    """Return the names of what was replaced, of many only the first ones."""
    more = f" and {len(replaced) - MOST} more" if len(replaced) > MOST else ""
    return ", ".join(sorted(replaced)[:MOST]) + more
