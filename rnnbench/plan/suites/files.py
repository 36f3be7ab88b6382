"""Suites: TOML files that say what a run compares, found and read."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from rnnbench.errors import UsageError, unknown
from rnnbench.plan.comparisons.build import Configurable, checked_options
from rnnbench.plan.comparisons.networks import ALL
from rnnbench.plan.request import Request
from rnnbench.plan.suites import references
from rnnbench.plan.suites.grids import check_option_owners
from rnnbench.plan.suites.source import Source
from rnnbench.plan.suites.toml_faults import no_toml
from rnnbench.plan.suites.toml_lines import Keys
from rnnbench.plugins.installing import command_to_install
from rnnbench.plugins.registry import Registry
from rnnbench.schema.suite import Grid, Reference, Scaled, Suite
from rnnbench.schema.types import Options
from rnnbench.schema.words import Fault, find_fault, missing_keys, stray_keys
from rnnbench.system import guarding
from rnnbench.system.io.texts import NotText, read_text
from rnnbench.text import shown

#: The largest suite that is read, in bytes.
LARGEST = 1 << 20
#: The tables of a suite, by what they are called.
TABLES: dict[object, str] = {
    Suite: "suite",
    Grid: "block",
    Scaled: "scaled block",
    Reference: "reference",
}


class Loaded(NamedTuple):
    """A suite that has been read.

    Attributes:
        suite: what its file says.
        digest: the SHA-256 of its text, as read: the file's own where nothing was changed.
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
        raise UsageError(f"no suite {shown(name)}: no tasks are installed; {hint}")
    try:
        found: Path = registry.find("suite", name)
    except UsageError as error:
        if os.path.lexists(name):
            raise UsageError(f"{error}; what lies here is named by its path, ./{name}") from None
        raise
    return found


def load(path: Path) -> Loaded:
    """Read a suite file.

    Raises:
        UsageError: naming the file, the line and what is wrong there.
    """
    try:
        text, changes = read_text(path, LARGEST)
        parsed = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"suite {path}: {error.strerror or error}") from None
    except NotText as error:
        raise UsageError(f"suite {path}: {error}") from None
    except (ValueError, RecursionError) as error:  # no TOML, too long a number, nested too deeply
        raise UsageError(f"suite {path}, {no_toml(text, error)}") from None
    source = Source(path, text, changes)
    if fault := find_fault(parsed, Suite):
        raise refused(source, fault)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Loaded(msgspec.convert(parsed, Suite), digest, source)


def refused(source: Source, fault: Fault) -> UsageError:
    """Return the error for a value of the wrong kind, an unknown key or one that is missing."""
    kind = TABLES.get(fault.hint) if isinstance(fault.hint, type) else None
    if kind is None or not isinstance(fault.value, dict):
        return source.error(fault.keys, fault.sentence)
    for key in stray_keys(fault.value, fault.hint):
        known = fault.hint.__struct_encode_fields__
        return source.error((*fault.keys, key), str(unknown("key", key, known)))
    missing = map(repr, missing_keys(fault.value, fault.hint))
    return source.error(fault.keys, f"the {kind} has no {' and no '.join(missing)}")


def check_names(loaded: Loaded, request: Request, registry: Registry) -> None:
    """Refuse a name or an option of a suite that does not exist, or can't have its value.

    Names that the command line leaves out are left alone.

    Raises:
        UsageError: naming the file and the line.
    """
    asked = asked_for(request)
    for number, grid in enumerate(loaded.suite.grids):
        block: Keys = ("block", number)
        for kind, names in named(grid):
            for place, name in enumerate(names):
                if name != ALL and name in (asked[kind] or names):
                    with loaded.source.located((*block, f"{kind}s", place)):
                        registry.find(kind, name)
        if not grid.cells and not request.cells:
            check_needs_no_cell(loaded.source, block, request.networks or grid.networks, registry)
    with guarding.in_hand("a plugin"):  # once for the options of thousands of blocks
        for number, grid in enumerate(loaded.suite.grids):
            check_tables(loaded.source, number, grid, request, registry)


def check_tables(
    source: Source, number: int, grid: Grid, request: Request, registry: Registry
) -> None:
    """Refuse options and references of a block that nothing in it can have; see above."""
    block: Keys = ("block", number)
    asked = asked_for(request)
    tables: dict[Keys, Options] = {
        (*block, "options", name): own for name, own in grid.options.items()
    }
    if request.scaled:
        scaled: Keys = (*block, "scaled", "options")
        tables |= {(*scaled, name): own for name, own in grid.scaled.options.items()}
    for keys, options in tables.items():
        name = str(keys[-1])
        with source.located(keys):
            check_option_owners({name: options}, [grid], registry)
        for kind, names in named(grid):
            if name in names and name in (asked[kind] or names):
                check_options(source, keys, kind, options, registry)
    references.check(source, number, grid, registry)


def asked_for(request: Request) -> dict[Configurable, Sequence[str]]:
    """Return the names that the command line asks for, by kind; none where it takes all."""
    return {"task": request.tasks, "cell": request.cells, "network": request.networks}


def check_needs_no_cell(
    source: Source, block: Keys, networks: Sequence[str], registry: Registry
) -> None:
    """Refuse a block without cells one of whose networks is made of them, with its line."""
    for name in networks:
        if name == ALL or registry.find("network", name).uses_cell:
            made = "some networks are" if name == ALL else f"the network {name!r} is"
            raise source.error(block, f"the block has no 'cells', of which {made} made")


def named(grid: Grid) -> tuple[tuple[Configurable, list[str]], ...]:
    """Return the names of tasks, cells and networks in a grid, by kind."""
    return ("task", grid.tasks), ("cell", grid.cells), ("network", grid.networks)


def check_options(
    source: Source,
    keys: Keys,
    kind: Configurable,
    options: Options,
    registry: Registry,
) -> None:
    """Refuse an option of what has them, whose name is the last of ``keys``, with its line."""
    for option, value in options.items():
        with source.located((*keys, option)):
            checked_options(kind, str(keys[-1]), registry, {option: value})


def parse_value(text: str) -> Any:
    """Return a value given on the command line: a TOML value, or else a string."""
    value = toml_value(text)
    return value if isinstance(value, bool | int | float | str) else text


def toml_value(text: str) -> Any:
    """Return the value that a text is in TOML, None if it is none, or more than one line."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return None
    return parsed["value"] if len(parsed) == 1 else None
