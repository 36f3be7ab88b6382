"""The values of options, whether a command line or a script gives them: converted, and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rnnbench.errors import UsageError, closest, unknown
from rnnbench.text import plain as one_line
from rnnbench.text import shown

if TYPE_CHECKING:
    from rnnbench.schema.types import Allocator

#: Bytes without which no worker starts: Python and NumPy alone take about as much.
LEAST_MEMORY = 64 << 20

Word = TypeVar("Word", bound=str)
Value = TypeVar("Value")


class BadValue(ValueError):
    """A value that an option does not take; the message says what it takes."""


def checked(option: str, convert: Callable[[Any], Value], given: Any) -> Value | None:
    """Return the value of an option as a command would have it, None where none is given.

    Args:
        option: its name, ``--hidden``.
        convert: raises :class:`BadValue` for what it does not take.
        given: the value.

    Raises:
        UsageError: in the words of the command line.
    """
    try:
        return None if given is None else convert(given)
    except BadValue as error:
        raise UsageError(f"Invalid value for '{option}': {one_line(str(error))}") from None


def number(hint: Any) -> Callable[[Any], Any]:
    """Return what takes values of a type of the schema, as numbers or as text.

    What it says of others is what a suite's fault says.
    """

    def convert(given: Any) -> Any:
        import msgspec

        from rnnbench.plan.suites.files import parse_value
        from rnnbench.schema.words import described, find_fault, written

        value = parse_value(given.strip()) if isinstance(given, str) else plain_number(given)
        if find_fault(value, hint):
            told = given if isinstance(given, str) else written(given)
            raise BadValue(f"{told} is not {described(hint)}.")
        return msgspec.convert(value, hint)  # 50 as 50.0, which a file has: its key is another one

    return convert


def plain_number(given: Any) -> Any:
    """Return a scalar of NumPy as a number of Python, all else as it is."""
    import numpy as np

    return given.item() if isinstance(given, np.generic) else given


def plain(given: Any) -> Any:
    """Return what holds several things, as a set, an array or a column does, as a list of them.

    Tables, texts, tuples and what is no such thing stay as they are, scalars as numbers of Python.
    """
    if isinstance(given, Mapping | str | bytes | tuple) or not isinstance(given, Iterable):
        return plain_number(given)
    try:
        return list(given)
    except Exception:  # an array of no axis, which says that it can be gone through
        return given


def several(given: Any) -> list[Any]:
    """Return what is given alone, or in what holds several, as a list."""
    found = plain(given)
    return list(found) if isinstance(found, list | tuple) else [found]


def plain_all(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all options plainly; see :func:`plain`."""
    return {name: plain(value) for name, value in given.items()}


def word(*known: str) -> Callable[[Any], Any]:
    """Return what takes one of some words."""

    def convert(given: Any) -> Any:
        if given not in known:
            close = closest(str(given), known)
            hint = f" Did you mean {close!r}?" if close else ""
            raise BadValue(f"{given!r} is not one of {', '.join(map(repr, known))}.{hint}")
        return given

    return convert


def text(given: Any) -> Any:
    """Take a text."""
    if not isinstance(given, str):
        raise BadValue(f"{shown(given)} is no text.")
    return given


def flag(given: Any) -> bool:
    """Take True or False."""
    if not isinstance(given, bool):
        raise BadValue(f"{given!r} is not true or false.")
    return given


def share(given: float | str) -> float:
    """Take ``2%``, ``0.02`` or the number, above 0 and below 1."""
    value = _share(str(given))
    if not 0 < value < 1:
        raise BadValue(f"{given} is not between 0 and 1, as 2% or 0.02 are.")
    return value


def excess(given: float | str) -> float:
    """Take ``5%``, ``0.05`` or ``250%``: by how much more than the whole, up to a thousand times.

    From 1 on it needs the sign: who writes 5 means 5 %, and a gate of 500 % would stop at nothing.
    """
    text = str(given)
    value = _share(text)
    if not 0 <= value <= 1000:
        raise BadValue(f"{text} is not from 0% to 100000%, as 5% or 0.05 are.")
    if value >= 1 and not text.endswith("%"):
        raise BadValue(f"{text} could be {text}% or {value:.0%}: write it with its %.")
    return value


def _share(text: str) -> float:
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise BadValue(f"{text!r} is no share, as 2% or 0.02 are.") from None


def size(given: int | str) -> int:
    """Take ``4GiB``, ``500MiB`` or a number of bytes, as the memory that a worker may hold."""
    from rnnbench.schema.types import MOST_COUNTED

    text = str(given)
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]i?B?|B)?", text)
    if match is None or float(match[1]) <= 0:
        raise BadValue(f"{text!r} is no size, as 4GiB or 500MiB are.")
    unit = (match[2] or "B").rstrip("B").rstrip("i")
    amount = float(match[1]) * 1024 ** " KMGT".index(unit or " ")
    if amount < LEAST_MEMORY:
        hint = "" if match[2] else f" ({text} is in bytes; did you mean {text}GiB?)"
        raise BadValue(f"no worker starts with less than 64MiB{hint}.")
    if amount > MOST_COUNTED:
        raise BadValue(f"{shown(text)} is no size of a memory.")
    return int(amount)


def folder(given: Path | str) -> Path:
    """Take the name of a folder, which ``""`` is not, as a variable that is not set would be."""
    if not str(given).strip():
        raise BadValue("it is empty; . is the current folder.")
    return path(given)


def folder_of(out: Path | str) -> Path:
    """Return the folder of all runs, the usual one for None."""
    return checked("--out", folder, out) or Path("results")


def path(given: Path | str) -> Path:
    """Take a path, or a text that names one."""
    if not isinstance(given, Path | str) or "\0" in str(given):
        raise BadValue(f"{shown(given)} is no path.")
    return Path(given)


def check_text(option: str, texts: Iterable[str]) -> None:
    """Refuse values that a record can't hold: bytes that are no text in UTF-8.

    Raises:
        UsageError: naming the value.
    """
    for text in texts:
        if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
            raise UsageError(f"{option} {text}: it is not UTF-8; rename it, or go by another path")


def chosen(option: str, names: Sequence[str] | str, known: Sequence[Word]) -> tuple[Word, ...]:
    """Return words of a list, or of a text with commas, without repetitions, in the usual order.

    Raises:
        UsageError: naming a word that is not known, or if there is none.
    """
    words = dict.fromkeys(checked(option, listed, names) or ())
    for word in words or [""]:
        if word not in known:
            raise unknown(f"value of {option}", word, known)
    return tuple(word for word in known if word in words)


def listed(names: Iterable[str] | str) -> list[str]:
    """Take names in a list, or in a text with commas."""
    parts = names.split(",") if isinstance(names, str) else plain(names)
    if not isinstance(parts, list | tuple) or not all(isinstance(name, str) for name in parts):
        raise BadValue(f"{shown(names)} is no list of names, as ['one', 'two'] or 'one,two' are.")
    return [name.strip() for name in parts if name.strip()]


def some(names: Iterable[str] | str) -> list[str]:
    """Take names as :func:`listed` does; a list that holds none is a mistake of what made it.

    ``""`` and ``()`` are not given: the commands' default and that of functions.
    """
    if not (found := listed(names)) and names != () and not isinstance(names, str):
        raise BadValue("it names nothing; leave it out for all of them.")
    return found


def table(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take values by name."""
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise BadValue(f"{shown(given)} is no table, as {{'NAME': value}} is.")
    return given


def device(text: str) -> str:
    """Return ``cpu`` or ``gpu:N``; ``gpu`` is the first.

    Raises:
        UsageError: if it is none of them.
    """
    text = str(text)
    if re.fullmatch(r"cpu|gpu(:[0-9]+)?", text):
        return "gpu:0" if text == "gpu" else text
    like = re.fullmatch(r"(cpu|gpu|cuda|nvidia|rocm|hip)[ :=_]?([0-9]*)", text.strip().lower())
    hint = ""
    if like:
        meant = "cpu" if like[1] == "cpu" else f"gpu:{like[2]}" if like[2] else "gpu"
        hint = f". Did you mean {meant!r}?"
    raise UsageError(f"--device {text!r}: it is cpu, gpu or gpu:N{hint}")


def allocator(wanted: Allocator) -> Allocator:
    """Return an allocator that can be had here.

    Raises:
        UsageError: if this machine has another C library than glibc.
    """
    from rnnbench.system.allocator import can_keep

    if wanted == "kept" and not can_keep():
        raise UsageError("--allocator kept: only glibc can be told so, which is not here")
    return wanted


def split(assignments: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the values of ``NAME.OPTION`` by the name of what has the option, and by option.

    Raises:
        UsageError: naming the key of another form.
    """
    options: dict[str, dict[str, Any]] = {}
    for key, value in assignments.items():
        match = re.fullmatch(r"([\w-]+)\.(\w+)", key)
        if match is None:
            raise UsageError(
                f"--set {f'{key}={value}'!r} is not NAME.OPTION=VALUE, as in "
                "adding-problem.length=200"
            )
        options.setdefault(match[1], {})[match[2]] = plain_option(key, value)
    return options


def plain_option(key: str, given: Any) -> Any:
    """Return the value of an option of a task, a cell or a network as a suite would have it.

    Raises:
        UsageError: if no suite could have it.
    """
    from rnnbench.plan.options import is_plain

    value = list(given) if isinstance(given, tuple) else plain_number(given)
    if not is_plain(value):
        raise UsageError(
            f"--set {key}: {shown(repr(given))} is no text, number, yes or no, or list"
        )
    return value
