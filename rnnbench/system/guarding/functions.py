"""Functions, classes and constants of libraries that the program uses, put back if replaced.

A plugin may replace ``json.dumps`` or ``math.inf`` for all of its process, by design or by
accident, and what breaks afterwards would be told with the name of another.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import is_
from types import ModuleType
from typing import Any

#: Modules, and classes of theirs, of which the program relies on everything: all of Python's that
#: it imports, but for what libraries change by design; and of libraries what a command needs.
RELIED_ON = (
    *("_thread", "abc", "ast", "base64", "codecs", "collections", "collections.abc"),
    *("concurrent.futures", "contextlib", "contextvars", "copy", "csv", "ctypes", "dataclasses"),
    *("datetime", "decimal", "difflib", "enum", "errno", "faulthandler", "fcntl", "fractions"),
    *("functools", "gc", "hashlib", "html", "importlib", "importlib.metadata", "inspect", "io"),
    *("itertools", "json", "locale", "math", "mmap", "operator", "os", "pathlib", "pickle"),
    *("platform", "posix", "posixpath", "random", "re", "resource", "secrets", "select"),
    *("selectors", "shlex", "shutil", "signal", "socket", "stat", "statistics", "string", "struct"),
    *("subprocess", "tempfile", "textwrap", "threading", "time", "tomllib", "traceback", "types"),
    *("unicodedata", "urllib.parse", "uuid", "warnings", "zlib"),
    *("msgspec", "msgspec.inspect", "msgspec.json", "msgspec.structs", "pluggy", "psutil"),
    *("numpy", "numpy.linalg", "numpy.random", "rich.cells", "rich.console", "rich.text", "typer"),
)
CLASSES = {
    "importlib.metadata": ("Distribution",),
    "json": ("JSONDecoder", "JSONEncoder"),
    "pathlib": ("Path", "PurePath"),
    "pluggy": ("PluginManager",),
    "rich.console": ("Console",),
    "socket": ("socket",),
    "subprocess": ("Popen",),
    "threading": ("Thread",),
}
#: What constants are; those that begin with an underscore are a module's own business.
CONSTANT = (int, float, str, bytes, tuple, frozenset, ModuleType)
#: Names that are told of; there may be hundreds.
MOST = 3


@contextmanager
def same_functions(replaced: list[str]) -> Iterator[None]:
    """Put back functions, classes and constants that are replaced within a ``with`` block.

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
    """Return which functions, classes and constants are others, or are gone."""
    if len(before) == len(now) and all(map(is_, before.values(), now.values())):
        return []  # as nearly always, and quickly
    return [name for name, own in before.items() if is_other(name, own, now.get(name))]


def is_other(name: str, own: Any, now: Any) -> bool:
    """Return whether something that is relied on has become something else."""
    if now is own:
        return False
    if name.startswith("_") or not isinstance(own, CONSTANT):
        return callable(own)
    return type(now) is not type(own) or bool(now != own)


def told(replaced: list[str]) -> str:
    """Return the names of what was replaced, of many only the first ones."""
    more = f" and {len(replaced) - MOST} more" if len(replaced) > MOST else ""
    return ", ".join(sorted(replaced)[:MOST]) + more
