"""What a value must be, in a user's words: for suites, options of plugins and the command line.

The types are the ones that the schema states; msgspec decides what fits them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect


class Fault(NamedTuple):
    """A value that does not fit.

    Attributes:
        keys: the way to it: names of fields, keys of tables, and places in lists from 0.
        value: the innermost value that does not fit.
        hint: the type that it does not fit.
    """

    keys: tuple[str | int, ...]
    value: Any
    hint: Any

    @property
    def sentence(self) -> str:
        """What is wrong: ``hidden is 0; it is a whole number from 1 to 2147483648``."""
        name = next((key for key in reversed(self.keys) if isinstance(key, str)), "it")
        inside = bool(self.keys) and isinstance(self.keys[-1], int)
        says, each = ("holds", "each") if inside else ("is", "it")
        value = self.value
        is_whole = isinstance(value, float) and value.is_integer()
        shown = repr(value) if is_whole else written(value)  # 1000.0 is no whole number here
        return f"{name} {says} {shown}; {each} is {described(self.hint)}"


def find_fault(value: Any, hint: Any) -> Fault | None:
    """Return the innermost part of a plain value that does not fit a type, None if all fits."""
    try:
        msgspec.convert(value, hint)
        return None
    except msgspec.ValidationError:
        # A stray key may be the reason for the rest.
        for key, part, own in () if stray_keys(value, hint) else parts(value, hint):
            if fault := find_fault(part, own):
                return fault._replace(keys=(key, *fault.keys))
        return Fault((), value, hint)


def stray_keys(value: Any, hint: Any) -> list[str]:
    """Return the keys of a table that a struct does not have; none where it is no struct."""
    if not (
        isinstance(hint, type) and issubclass(hint, msgspec.Struct) and isinstance(value, dict)
    ):
        return []
    return [key for key in value if key not in hint.__struct_encode_fields__]


def parts(value: Any, hint: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """Yield the parts of a list, a table or the table of a struct: key, value and type."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    match value, get_origin(hint) or hint:
        case list(), kind if kind is list:
            yield from ((place, each, get_args(hint)[0]) for place, each in enumerate(value))
        case dict(), kind if kind is dict:
            yield from ((key, each, get_args(hint)[1]) for key, each in value.items())
        case dict(), type() as kind if issubclass(kind, msgspec.Struct):
            hints = get_type_hints(kind, include_extras=True)
            for field in msgspec.structs.fields(kind):
                if field.encode_name in value:
                    yield field.encode_name, value[field.encode_name], hints[field.name]


def described(hint: Any) -> str:
    """Return what a type takes: ``a whole number from 1 to 1000``, ``'sgd' or 'adam'``."""
    return _described(inspect.type_info(hint))


def _described(kind: Any) -> str:
    match kind:
        case inspect.Metadata(type=inner, extra_json_schema=extra):
            more = (extra or {}).get("description")
            return _described(inner) + (f"; {more}" if more else "")
        case inspect.IntType():
            return f"a whole number{between(kind)}"
        case inspect.FloatType():
            return f"a number{between(kind)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            return "a text"
        case inspect.LiteralType(values=values):
            return _either([written(value) for value in sorted(values, key=str)])
        case inspect.UnionType(types=types):
            some = [each for each in types if not isinstance(each, inspect.NoneType)]
            return _either(list(dict.fromkeys(map(_described, some))))
        case (
            inspect.ListType(item_type=item, min_length=least)
            | inspect.VarTupleType(item_type=item, min_length=least)
        ):
            several = isinstance(item, inspect.UnionType)
            one = "value" if several else _described(item).removeprefix("a ")
            return f"a list of {one}s" + (f", at least {least}" if least else "")
        case inspect.DictType() | inspect.StructType():
            return "a table"
    return "another kind of value"


def between(kind: inspect.IntType | inspect.FloatType) -> str:
    """Return the limits of a number: `` from 1 to 9``, `` above 0 and below 1``, or nothing."""
    if kind.ge is not None and kind.le is not None:
        return f" from {written(kind.ge)} to {written(kind.le)}"
    limits = {"at least": kind.ge, "above": kind.gt, "at most": kind.le, "below": kind.lt}
    told = [f"{word} {written(limit)}" for word, limit in limits.items() if limit is not None]
    alone = " of" if told and told[0].startswith("at ") else ""
    return f"{alone} {' and '.join(told)}" if told else ""


def written(value: Any) -> str:
    """Return a value as a suite would have it, cut where it is long."""
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str):
        text = repr(value)
    elif isinstance(value, list | dict):
        text = json.dumps(value, default=str, ensure_ascii=False)
    else:
        text = str(value).lower() if isinstance(value, bool) else _digits(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _digits(value: Any) -> str:
    """Return a number; one of thousands of digits can't be written."""
    try:
        return str(value)
    except ValueError:
        return "a number of thousands of digits"


def _either(words: list[str]) -> str:
    """Return ``a``, ``a or b``, ``a, b or c``."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
