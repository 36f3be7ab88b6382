"""Suites: TOML files that say what a run compares."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from rnnbench.errors import UsageError, unknown
from rnnbench.trial import Options

Positive = Annotated[int, Meta(ge=1, le=1 << 31)]
NotNegative = Annotated[int, Meta(ge=0, le=1 << 31)]
#: What takes its time again each time.
Repeats = Annotated[int, Meta(ge=1, le=1000)]
Above0 = Annotated[float, Meta(gt=0, le=1e9)]  # infinity has no place in a record


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Sizes and training; what is None is left to the task's defaults."""

    hidden: Positive | None = None
    layers: Positive | None = None
    batch: Positive | None = None
    embedding: NotNegative | None = None
    optimizer: Literal["sgd", "rmsprop", "adam"] | None = None
    lr: Above0 | None = None
    clip: Annotated[float, Meta(ge=0, le=1e9)] | None = None  # 0 for no clipping
    steps: NotNegative | None = None
    dtype: Literal["float32", "float64"] | None = None
    max_time: Above0 | None = None


class Block(Settings, forbid_unknown_fields=True, kw_only=True):
    """Every task with every cell, in these settings.

    Attributes:
        tasks: names of tasks.
        cells: names of cells.
        options: by the name of a task or a cell, its options.
    """

    tasks: Annotated[list[str], Meta(min_length=1)]
    cells: Annotated[list[str], Meta(min_length=1)]
    options: dict[str, Options] = {}


class Suite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a run compares.

    Attributes:
        description: one line.
        block: the blocks, in the order they are run.
        seeds: how often each row is trained, from initial weights and data of its own.
        max_time: seconds of timing per comparison.
        processes: fresh ones that each row is timed in; a verdict needs three.
        python: interpreters by the name of a backend or of an environment; see
            :mod:`rnnbench.environments`.
        precision: half the relative width of the ratios' intervals at which timing stops early.
    """

    description: str = ""
    block: Annotated[list[Block], Meta(min_length=1)]
    seeds: Repeats = 1
    max_time: Above0 = 10.0
    processes: Repeats = 1
    python: dict[str, str] = {}
    precision: Annotated[float, Meta(gt=0, lt=1)] = 0.02


def load(path: Path) -> tuple[Suite, str]:
    """Read a suite file.

    Returns:
        The suite and the SHA-256 of the file.

    Raises:
        UsageError: naming the file, the line and what is wrong there.
    """
    try:
        data = path.read_bytes()
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
        raise _located(path, text, str(error)) from None


def _located(path: Path, text: str, message: str) -> UsageError:
    """Return the error for a value or key of the wrong kind, with the line it stands in."""
    what, _, place = message.partition(" - at `$.")
    what = what.partition(" - at ")[0]
    keys = re.findall(r"\w[\w-]*", place.replace("...", ""))
    stray = re.search(r"unknown field `(.+?)`", what)
    if stray:
        keys.append(stray[1])
        section = Block if keys[0] == "block" else Suite
        what = str(unknown("key", stray[1], section.__struct_fields__))
    return UsageError(f"suite {path}, line {_line(text, keys)}: {what[0].lower()}{what[1:]}")


def _line(text: str, keys: list[str]) -> int:
    """Return the line, from 1, where the last of ``keys`` is set, or as near as can be told."""
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
