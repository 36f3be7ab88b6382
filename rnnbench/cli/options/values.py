"""The values of options: parsed from text, and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from rnnbench.errors import UsageError, unknown
from rnnbench.text import shown

if TYPE_CHECKING:
    from rnnbench.schema.types import Allocator

#: Bytes without which no worker starts: Python and NumPy alone take about as much.
LEAST_MEMORY = 64 << 20

Word = TypeVar("Word", bound=str)


def check_text(option: str, texts: Iterable[str]) -> None:
    """Refuse values that a record can't hold: bytes that are no text in UTF-8.

    Raises:
        UsageError: naming the value.
    """
    for text in texts:
        if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
            raise UsageError(f"{option} {text}: it is not UTF-8; rename it, or go by another path")


def number(hint: Any) -> Callable[[Any], Any]:
    """Return a parser of numbers of a type, which says what it takes as a suite's fault does."""

    def parse(given: Any) -> Any:
        import msgspec

        from rnnbench.plan.suites.files import parse_value
        from rnnbench.schema.words import described, find_fault

        value = parse_value(given.strip()) if isinstance(given, str) else given
        if find_fault(value, hint):
            raise typer.BadParameter(f"{given} is not {described(hint)}.")
        return msgspec.convert(value, hint)  # 50 as 50.0, which a file has: its key is another one

    return parse


def share(text: str) -> float:
    """Parse ``2%`` or ``0.02``, above 0 and below 1."""
    value = _share(text)
    if not 0 < value < 1:
        raise typer.BadParameter(f"{text} is not between 0 and 1, as 2% or 0.02 are.")
    return value


def excess(text: str) -> float:
    """Parse ``5%``, ``0.05`` or ``250%``: by how much more than the whole, up to a thousand times.

    From 1 on it needs the sign: who writes 5 means 5 %, and a gate of 500 % would stop at nothing.
    """
    value = _share(text)
    if not 0 <= value <= 1000:
        raise typer.BadParameter(f"{text} is not from 0% to 100000%, as 5% or 0.05 are.")
    if value >= 1 and not text.endswith("%"):
        raise typer.BadParameter(f"{text} could be {text}% or {value:.0%}: write it with its %.")
    return value


def _share(text: str) -> float:
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no share, as 2% or 0.02 are.") from None


def chosen(option: str, text: str, known: Sequence[Word]) -> tuple[Word, ...]:
    """Parse a comma-separated list of words, without repetitions.

    Raises:
        UsageError: naming a word that is not known, or if there is none.
    """
    words = dict.fromkeys(word.strip() for word in text.split(",") if word.strip())
    for word in words or [""]:
        if word not in known:
            raise unknown(f"value of {option}", word, known)
    return tuple(word for word in known if word in words)


def device(text: str) -> str:
    """Parse ``cpu``, ``gpu`` or ``gpu:N``.

    Raises:
        UsageError: if it is none of them.
    """
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


def folder(text: str) -> Path:
    """Parse the name of a folder, which ``""`` is not, as a variable that is not set would be."""
    if not str(text):
        raise typer.BadParameter("it is empty; . is the current folder.")
    return Path(text)


def size(text: str) -> int:
    """Parse ``4GiB``, ``500MiB`` or a number of bytes, as the memory that a worker may hold."""
    from rnnbench.schema.types import MOST_COUNTED

    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]i?B?|B)?", text)
    if match is None or float(match[1]) <= 0:
        raise typer.BadParameter(f"{text!r} is no size, as 4GiB or 500MiB are.")
    unit = (match[2] or "B").rstrip("B").rstrip("i")
    amount = float(match[1]) * 1024 ** " KMGT".index(unit or " ")
    if amount < LEAST_MEMORY:
        hint = "" if match[2] else f" ({text} is in bytes; did you mean {text}GiB?)"
        raise typer.BadParameter(f"no worker starts with less than 64MiB{hint}.")
    if amount > MOST_COUNTED:
        raise typer.BadParameter(f"{shown(text)} is no size of a memory.")
    return int(amount)


def assigned(assignments: Iterable[str]) -> dict[str, dict[str, str]]:
    """Parse the values of ``--set``, ``NAME.OPTION=VALUE``: texts by the name of what has them.

    Raises:
        UsageError: naming the value of another form, or the option that is there twice.
    """
    options: dict[str, dict[str, str]] = {}
    for text in assignments:
        match = re.fullmatch(r"([\w-]+)\.(\w+)=(.*)", text, re.DOTALL)
        if match is None:
            raise UsageError(
                f"--set {text!r} is not NAME.OPTION=VALUE, as in adding-problem.length=200"
            )
        name, option, value = match.groups()
        own = options.setdefault(name, {})
        if option in own:
            raise UsageError(
                f"--set {name}.{option} is there twice, as {own[option]!r} and as {value!r}: "
                "give it once"
            )
        own[option] = value
    return options
