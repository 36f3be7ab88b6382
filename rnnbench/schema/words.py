"""What a value must be, in a user's words: for suites, options of plugins and the command line.

The types are the ones that the schema states; msgspec decides what fits them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect

from rnnbench.text import either


class Fault(NamedTuple):
    """A value that does not fit.

    Attributes:
        keys: the way to it: names of fields, keys of tables, and places in lists from 0.
        value: the innermost value that does not fit.
        hint: the type that it does not fit.
        refused: why its class refuses it, in its own words; empty where it is of another kind.
    """

    keys: tuple[str | int, ...]
    value: Any
    hint: Any
    refused: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong: ``hidden is 0; it is a whole number from 1 to 2147483648``."""
        name = next((key for key in reversed(self.keys) if isinstance(key, str)), "it")
        inside = bool(self.keys) and isinstance(self.keys[-1], int)
        says, each = ("holds", "each") if inside else ("is", "it")
        return f"{name} {says} {self._found}; {each} is {described(self.hint)}"

    @property
    def located(self) -> str:
        """The same with the way to it: ``rows[1].seconds is -1; it is a number of at least 0``."""
        place = way(self.keys) or "it"
        if stray := stray_keys(self.value, self.hint):
            return f"{place} has {stray[0]!r}, which is not known"
        if missing := [repr(key) for key in missing_keys(self.value, self.hint)]:
            return f"{place} has no {' and no '.join(missing)}"
        if self.refused:
            return f"{place}: {self.refused}" if self.keys else self.refused
        return f"{place} is {self._found}; it is {described(self.hint)}"

    @property
    def _found(self) -> str:
        """The value as a file has it; 1000.0 is no whole number here."""
        is_whole = isinstance(self.value, float) and self.value.is_integer()
        return repr(self.value) if is_whole else written(self.value)


def way(keys: tuple[str | int, ...]) -> str:
    """Return the way to a value in a file: ``rows[1].seconds``."""
    steps = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return "".join(steps).removeprefix(".")


def find_fault(value: Any, hint: Any) -> Fault | None:
    """Return the innermost part of a plain value that does not fit a type, None if all fits."""
    try:
        msgspec.convert(value, hint)
        return None
    except msgspec.ValidationError as error:
        # A stray key may be the reason for the rest.
        for key, part, own in () if stray_keys(value, hint) else parts(value, hint):
            if fault := find_fault(part, own):
                return fault._replace(keys=(key, *fault.keys))
        if not isinstance(value, dict):
            return Fault((), value, hint)
        hint = meant(value, hint)
        own_words = str(error).partition(" - at `")[0] if has_fields(hint) else ""
        return Fault((), value, hint, own_words)


def stray_keys(value: Any, hint: Any) -> list[str]:
    """Return the keys of a table that its struct forbids."""
    if not (is_struct(hint) and isinstance(value, dict)):
        return []
    known = (*hint.__struct_encode_fields__, hint.__struct_config__.tag_field)
    forbids = hint.__struct_config__.forbid_unknown_fields
    return [key for key in value if key not in known] if forbids else []


def is_struct(hint: Any) -> bool:
    """Return whether a type is a struct."""
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def has_fields(hint: Any) -> bool:
    """Return whether a type is a struct or a dataclass."""
    return is_struct(hint) or (isinstance(hint, type) and dataclasses.is_dataclass(hint))


def fields_of(hint: Any) -> tuple[inspect.Field, ...]:
    """Return the fields of a struct or a dataclass; of any other type none."""
    info = inspect.type_info(hint) if has_fields(hint) else None
    return info.fields if isinstance(info, inspect.StructType | inspect.DataclassType) else ()


def missing_keys(value: Any, hint: Any) -> list[str]:
    """Return the keys that a table must have and has not; none where it is none."""
    fields = fields_of(hint) if isinstance(value, dict) else ()
    return [one.encode_name for one in fields if one.required and one.encode_name not in value]


def parts(value: Any, hint: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """Yield the parts of a list, or of a table: key, value and type."""
    hint = meant(value, hint)
    match value, get_origin(hint) or hint:
        case list(), kind if kind is list:
            yield from ((place, each, get_args(hint)[0]) for place, each in enumerate(value))
        case list(), kind if kind is tuple and len(value) == len(get_args(hint)):
            if ... not in get_args(hint):
                yield from zip(range(len(value)), value, get_args(hint), strict=True)
        case dict(), kind if kind is dict:
            yield from ((key, each, get_args(hint)[1]) for key, each in value.items())
        case dict(), kind if has_fields(kind):
            hints = get_type_hints(kind, include_extras=True)
            for field in fields_of(kind):
                if field.encode_name in value:
                    yield field.encode_name, value[field.encode_name], hints[field.name]


def meant(value: Any, hint: Any) -> Any:
    """Return the one of several types that a list or a table can only be meant as, or else all."""
    if get_origin(hint) is Annotated:
        return meant(value, get_args(hint)[0])
    if get_origin(hint) not in (Union, UnionType):
        return hint
    some = get_args(hint)
    if isinstance(value, list):
        some = tuple(one for one in some if get_origin(one) in (list, tuple))
    elif isinstance(value, dict):
        some = tuple(one for one in some if tag_fits(value, one))
    return some[0] if len(some) == 1 else hint


def tag_fits(value: dict[str, Any], hint: Any) -> bool:
    """Return whether a table can be meant as a type, by its tag if that has one."""
    if not is_struct(hint):
        return get_origin(hint) is dict or has_fields(hint)
    config = hint.__struct_config__
    return config.tag_field is None or bool(value.get(config.tag_field) == config.tag)


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
            return either([written(value) for value in sorted(values, key=str)])
        case inspect.UnionType(types=types):
            some = [each for each in types if not isinstance(each, inspect.NoneType)]
            return either(list(dict.fromkeys(map(_described, some))))
        case (
            inspect.ListType(item_type=item, min_length=least)
            | inspect.VarTupleType(item_type=item, min_length=least)
        ):
            several = isinstance(item, inspect.UnionType)
            one = "value" if several else _described(item).removeprefix("a ")
            return f"a list of {one}s" + (f", at least {least}" if least else "")
        case inspect.TupleType(item_types=items):
            return f"a list of {len(items)} values"
        case inspect.DictType() | inspect.StructType() | inspect.DataclassType():
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
    if value is None:
        return "null"
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
