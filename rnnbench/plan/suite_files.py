"""Suites: TOML files that say what a run compares, found and read."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from rnnbench.errors import UsageError, unknown
from rnnbench.plan.build import Configurable, checked_options
from rnnbench.plan.grids import check_option_owners
from rnnbench.plan.networks import ALL
from rnnbench.plan.request import Request
from rnnbench.plugins.installing import command_to_install
from rnnbench.plugins.registry import Registry
from rnnbench.schema.suite import Grid, Suite
from rnnbench.schema.types import Options
from rnnbench.schema.words import Fault, find_fault, stray_keys
from rnnbench.system.files import read_file

#: The largest suite that is read, in bytes.
LARGEST = 1 << 20


class Source(NamedTuple):
    """The text of a suite, in whose lines its faults are.

    Attributes:
        path: of the file.
        text: what it holds.
    """

    path: Path
    text: str

    def error(self, keys: Sequence[str | int], what: str) -> UsageError:
        """Return the error for what is at the end of ``keys``: file, line and what is wrong."""
        return UsageError(f"suite {self.path}, line {line_of(self.text, keys)}: {what}")


class Loaded(NamedTuple):
    """A suite that has been read.

    Attributes:
        suite: what its file says.
        digest: the SHA-256 of the file.
        source: its text.
    """

    suite: Suite
    digest: str
    source: Source


def find(name: str, registry: Registry) -> Path:
    """Return the file of a suite by its name, or by its path, with ``/`` or ending in ``.toml``.

    Raises:
        UsageError: if there is no suite of this name.
    """
    if name.lower().endswith(".toml") or os.sep in name:
        return Path(name)
    if not registry.items("suite"):
        hint = command_to_install("rnnbench-tasks")
        raise UsageError(f"no suite {name!r}: no tasks are installed; {hint}")
    found: Path = registry.find("suite", name)
    return found


def load(path: Path) -> Loaded:
    """Read a suite file.

    Raises:
        UsageError: naming the file, the line and what is wrong there.
    """
    try:
        data = read_file(path, LARGEST)
        text = data.decode()
        parsed = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"suite {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"suite {path}: not a text file in UTF-8") from None
    except (ValueError, RecursionError) as error:  # no TOML, too long a number, nested too deeply
        raise UsageError(f"suite {path}: {error}") from None
    source = Source(path, text)
    if fault := find_fault(parsed, Suite):
        raise refused(source, fault)
    return Loaded(msgspec.convert(parsed, Suite), hashlib.sha256(data).hexdigest(), source)


def refused(source: Source, fault: Fault) -> UsageError:
    """Return the error for a value of the wrong kind, an unknown key or one that is missing."""
    if fault.hint not in (Suite, Grid) or not isinstance(fault.value, dict):
        return source.error(fault.keys, fault.sentence)
    for key in stray_keys(fault.value, fault.hint):
        known = fault.hint.__struct_encode_fields__
        return source.error((*fault.keys, key), str(unknown("key", key, known)))
    required = [f.encode_name for f in msgspec.structs.fields(fault.hint) if f.required]
    missing = [repr(key) for key in required if key not in fault.value]
    what = "the block" if fault.hint is Grid else "the suite"
    return source.error(fault.keys, f"{what} has no {' and no '.join(missing)}")


def check_names(loaded: Loaded, request: Request, registry: Registry) -> None:
    """Refuse a name or an option of a suite that does not exist, or can't have its value.

    Names that the command line leaves out are left alone.

    Raises:
        UsageError: naming the file and the line.
    """
    asked = {"task": request.tasks, "cell": request.cells, "network": request.networks}
    for number, grid in enumerate(loaded.suite.grids):
        block: tuple[str | int, ...] = ("block", number)
        for kind, names in named(grid):
            for name in names:
                if name != ALL and name in (asked[kind] or names):
                    with located(loaded.source, (*block, f"{kind}s", name)):
                        registry.find(kind, name)
        for name, options in grid.options.items():
            with located(loaded.source, (*block, "options", name)):
                check_option_owners({name: options}, [grid], registry)
            for kind, names in named(grid):
                if name in names and name in (asked[kind] or names):
                    check_options(loaded.source, (*block, "options", name), kind, options, registry)


def named(grid: Grid) -> tuple[tuple[Configurable, list[str]], ...]:
    """Return the names of tasks, cells and networks in a grid, by kind."""
    return ("task", grid.tasks), ("cell", grid.cells), ("network", grid.networks)


def check_options(
    source: Source,
    keys: tuple[str | int, ...],
    kind: Configurable,
    options: Options,
    registry: Registry,
) -> None:
    """Refuse an option of what has them, whose name is the last of ``keys``, with its line."""
    for option, value in options.items():
        with located(source, (*keys, option)):
            checked_options(kind, str(keys[-1]), registry, {option: value})


@contextmanager
def located(source: Source, keys: Sequence[str | int]) -> Iterator[None]:
    """Add the file and the line of ``keys`` to an error."""
    try:
        yield
    except UsageError as error:
        raise source.error(keys, str(error)) from error.__cause__


def line_of(text: str, keys: Sequence[str | int]) -> int:
    """Return the line, from 1, where the last of ``keys`` is set, or the nearest that is found.

    A key is looked for below the one before it, and those of a block in that block alone. A name
    in a list stands in quotes.
    """
    lines = text.splitlines()
    place, end = 0, len(lines)
    if len(keys) > 1 and keys[0] == "block" and isinstance(keys[1], int):
        headers = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*block\s*\]\]", line)]
        if keys[1] < len(headers):
            place, end = headers[keys[1]], [*headers, len(lines)][keys[1] + 1]
    for key in [str(key) for key in keys if key != "block" and not isinstance(key, int)]:
        set_here = rf"""\s*[\["']*(\S*\.)?["']?{re.escape(key)}\b"""
        named_here = rf"""["']{re.escape(key)}["']"""
        for n in range(place, end):
            if re.match(set_here, lines[n]) or re.search(named_here, lines[n]):
                place = n
                break
    return place + 1


def parse_value(text: str) -> Any:
    """Return a value given on the command line: a TOML value, or else a string."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    value = parsed["value"]
    return value if len(parsed) == 1 and isinstance(value, bool | int | float | str) else text
