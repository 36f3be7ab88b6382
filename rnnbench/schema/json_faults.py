"""Why a text is no JSON of a type, in a user's words: for all files that are read."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

import msgspec

#: What msgspec raises of bytes that are no JSON, no UTF-8, nested too deeply, or something else.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def fault_of(text: bytes, hint: Any) -> str | None:
    """Return why a text is no JSON of a type, None if it is.

    Args:
        text: of one value: a file, or a line of one.
        hint: the type that is to be read, one that msgspec knows.

    Returns:
        What is wrong, and in which field: ``rows[0].seconds is -1; it is a number of at least 0``.
    """
    from rnnbench.schema.words import find_fault  # only where something is wrong

    if not text.strip():
        return "it is empty"
    try:
        value = msgspec.json.decode(text)
    except UNREADABLE as error:
        return _no_json(error)
    if kinds := _kinds(hint) if isinstance(value, dict) else {}:
        field = next(iter(kinds.values()))
        if field not in value:
            return f"it has no {field!r}"
        if fault := find_fault(value[field], Literal[tuple(kinds)]):
            return fault._replace(keys=(field,)).located
    fault = find_fault(value, hint)
    return fault.located if fault else None


def _kinds(hint: Any) -> dict[str, str]:
    """Return the kinds of table that a value may be, each with the field that holds it."""
    configs = [getattr(one, "__struct_config__", None) for one in get_args(hint)]
    return {one.tag: one.tag_field for one in configs if one}


def _no_json(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if "utf-8" in str(error).lower():  # a UnicodeDecodeError, from msgspec 0.23 on a DecodeError
        return "it is not UTF-8"
    if isinstance(error, msgspec.ValidationError):  # of what is any JSON, only numbers are refused
        return "a number in it is too large"
    place = re.search(r"byte (\d+)", str(error))
    return f"it is no JSON from byte {place[1]} on" if place else "it is cut off"
