"""What plugins say, as plain values of Python; nothing else enters a plan, a message or a record.

A plugin may answer with anything: a number that is none, a text that can't be written, a subclass
that lies. NumPy's scalars are honest and taken as what they mean.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from rnnbench.errors import PluginError, RnnbenchError
from rnnbench.system import guarding
from rnnbench.text import class_name, cut, message_of, shown

T = TypeVar("T")
Convert = Callable[[Any], T]

#: The largest number and count, and the longest text and list, that a plugin may give.
LARGEST, MOST, LONGEST, MANY = 1e100, 1 << 62, 4096, 1000


class NotPlain(ValueError):
    """A value of another kind; the message says which kind it should be."""


def number(value: Any) -> float:
    """Return a real number, which may be infinite or nan; True is none."""
    if (whole := _whole(value)) is not None:
        huge = math.inf if whole > 0 else -math.inf
        return float(whole) if abs(whole) < 1 << 1023 else huge
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, np.floating):
        return float(value)
    raise NotPlain("a number")


def finite(value: Any) -> float:
    """Return a finite number."""
    try:
        found = number(value)
    except NotPlain:
        found = math.nan
    if not abs(found) <= LARGEST:  # nan is neither
        raise NotPlain("a finite number")
    return found


def amount(value: Any) -> float:
    """Return a finite number from 0."""
    found = finite(value)
    if found < 0:
        raise NotPlain("a number from 0")
    return found


def scalar(value: Any) -> float:
    """Return the number in an array of one number, as a loss is; it may be infinite or nan."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiu":
        return number(value.reshape(-1)[0])
    return number(value)


def count(value: Any) -> int:
    """Return a whole number from 0."""
    found = _whole(value)
    if found is None or not 0 <= found <= MOST:
        raise NotPlain("a whole number from 0")
    return found


def token(value: Any) -> int:
    """Return a whole number from 0, or -1 for none."""
    found = _whole(value)
    if found is None or not -1 <= found <= MOST:
        raise NotPlain("a whole number from 0, or -1")
    return found


def positive(value: Any) -> int:
    """Return a whole number from 1."""
    found = _whole(value)
    if found is None or not 1 <= found <= MOST:
        raise NotPlain("a whole number from 1")
    return found


def flag(value: Any) -> bool:
    """Return True or False."""
    if not isinstance(value, bool | np.bool_):
        raise NotPlain("True or False")
    return bool(value)


def text(value: Any) -> str:
    """Return a text that can be written as UTF-8."""
    if not isinstance(value, str):
        raise NotPlain("a text")
    found = str.__str__(value)  # of NumPy's and of other subclasses, the text itself
    if len(found) > LONGEST:
        raise NotPlain(f"a text of at most {LONGEST} characters")
    try:
        found.encode()
    except UnicodeEncodeError:
        raise NotPlain("a text that can be written") from None
    return found


def one_of(*names: str) -> Convert[str]:
    """Return what takes one of some texts."""

    def convert(value: Any) -> str:
        if isinstance(value, str) and (found := str.__str__(value)) in names:
            return found
        raise NotPlain(f"one of {', '.join(names)}")

    return convert


def optional(convert: Convert[T]) -> Convert[T | None]:
    """Return what takes None as well."""
    return lambda value: None if value is None else convert(value)


def texts(value: Any) -> list[str]:
    """Return a list of texts."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise NotPlain("a list of texts")
    found = list(islice(value, MANY + 1))
    if len(found) > MANY:
        raise NotPlain(f"a list of at most {MANY} texts")
    return list(map(text, found))


def table(value: Any) -> dict[str, str]:
    """Return texts by text."""
    if not isinstance(value, Mapping):
        raise NotPlain("a dict of texts")
    found = list(islice(value.items(), MANY + 1))
    if len(found) > MANY:
        raise NotPlain(f"a dict of at most {MANY} texts")
    return {text(name): text(about) for name, about in found}


def said(who: str, what: str, value: Any, convert: Convert[T]) -> T:
    """Return what a plugin has said as a plain value.

    Args:
        who: the plugin, for the error.
        what: the property or the method that it is from.
        value: what it said.
        convert: one of the functions above.

    Raises:
        PluginError: if it is of another kind, or raises when it is looked at.
    """
    try:
        return convert(value)
    except NotPlain as error:
        raise PluginError(f"{who}: {what} is {shown(value)}, not {error}") from None
    except RnnbenchError:
        raise
    except BaseException as error:  # of a class whose methods, or whose class, may raise anything
        if guarding.is_interruption(error):
            raise
        raise PluginError(f"{who}: to look at {what} raises {raised(error)}") from error


def asked(who: str, what: str, ask: Callable[[], Any], convert: Convert[T]) -> T:
    """Return what a plugin says when it is asked, as a plain value; see :func:`said`.

    Raises:
        UsageError: if the plugin raises it, as the request can't be served.
        PluginError: if it raises anything else, or says what it must not.
    """
    return guarded(who, what, lambda: said(who, what, ask(), convert))  # which may ask for more


def guarded(who: str, what: str, call: Callable[[], T]) -> T:
    """Return what a call of a plugin returns.

    Raises:
        RnnbenchError: if the plugin raises one on purpose.
        PluginError: if it raises anything else, but for Ctrl-C.
    """
    try:
        with guarding.in_hand(who, what):
            return call()
    except RnnbenchError as error:
        if can_be_told(error):
            raise
        raise PluginError(f"{who}: {what} raises {raised(error)}") from error
    except BaseException as error:  # SystemExit, too: a stranger's fault stays its own
        if guarding.is_interruption(error):
            raise
        raise PluginError(f"{who}: {what} raises {raised(error)}") from tame(error)


def can_be_told(error: RnnbenchError) -> bool:
    """Return whether an error that a stranger may have made has a text, and keys that are texts."""
    try:
        keys = getattr(error, "about", ())
        plain = all(type(key) is tuple and all(type(one) is str for one in key) for key in keys)
        return isinstance(str(error), str) and type(keys) is tuple and plain
    except BaseException as raises:  # of its own class, or of a number that Python does not print
        if guarding.is_interruption(raises):
            raise
        return False


def tame(error: BaseException) -> BaseException:
    """Return an error, or one that says the same where its class raises when it is looked at."""
    try:
        isinstance(error, (BaseExceptionGroup, RnnbenchError))
    except BaseException as raises:
        if guarding.is_interruption(raises):
            raise
        same = type(class_name(error), (Exception,), {})
        return same(message_of(error)).with_traceback(error.__traceback__)  # type: ignore[no-any-return]
    return error


def raised(error: BaseException) -> str:
    """Return the class of an error and the first line of its message, cut where it is long."""
    name, message = class_name(error), cut(message_of(error))
    return f"{name}: {message}" if message else name


def _whole(value: Any) -> int | None:
    """Return a whole number, None of anything else."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        return None
    return operator.index(value)
