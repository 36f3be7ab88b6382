"""Suites: TOML files that say what a run compares, found and read."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from rnnbench.errors import UsageError, unknown
from rnnbench.plugins.registry import Registry
from rnnbench.schema.suite import Grid, Suite
from rnnbench.system.files import read_file

#: The largest suite that is read, in bytes.
LARGEST = 1 << 20


def find(name: str, registry: Registry) -> Path:
    """Return the file of a suite by its name, or by its path, with ``/`` or ending in ``.toml``.

    Raises:
        UsageError: if there is no suite of this name.
    """
    if name.endswith(".toml") or os.sep in name:
        return Path(name)
    if not registry.items("suite"):
        raise UsageError(f"no suite {name!r}: no tasks are installed; pip install ./tasks")
    found: Path = registry.find("suite", name)
    return found


def load(path: Path) -> tuple[Suite, str]:
    """Read a suite file.

    Returns:
        The suite and the SHA-256 of the file.

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
    try:
        return msgspec.convert(parsed, Suite), hashlib.sha256(data).hexdigest()
    except msgspec.ValidationError as error:
        raise at_itsline_of(path, text, str(error)) from None


def at_itsline_of(path: Path, text: str, message: str) -> UsageError:
    """Return the error for a value of the wrong kind or an unknown key, with the line it is in."""
    what, _, place = message.partition(" - at `$.")
    what = what.partition(" - at ")[0]
    keys = re.findall(r"\w[\w-]*", place.replace("...", ""))
    stray = re.search(r"unknown field `(.+?)`", what)
    if stray:
        keys.append(stray[1])
        section = Grid if keys[0] == "block" else Suite
        what = str(unknown("key", stray[1], section.__struct_encode_fields__))
    return UsageError(f"suite {path}, line {line_of(text, keys)}: {what[0].lower()}{what[1:]}")


def line_of(text: str, keys: list[str]) -> int:
    """Return the line, from 1, where the last of ``keys`` is set, or the nearest that is found."""
    lines = text.splitlines()
    start = 0
    if len(keys) > 1 and keys[0] == "block" and keys[1].isdigit():
        headers = [n for n, line in enumerate(lines) if line.strip().startswith("[[block]]")]
        start = headers[int(keys[1])] if int(keys[1]) < len(headers) else 0
    named = [key for key in keys if not key.isdigit()]
    for n, line in enumerate(lines[start:], start + 1):
        if named and re.match(rf"\s*[\[\"']*(\S*\.)?{re.escape(named[-1])}\b", line):
            return n
    return start + 1


def parse_value(text: str) -> Any:
    """Return a value given on the command line: a TOML value, or else a string."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    value = parsed["value"]
    return value if len(parsed) == 1 and isinstance(value, bool | int | float | str) else text
