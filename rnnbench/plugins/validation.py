"""Checks what hooks return, one thing at a time, and says in plain words what is wrong with it."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rnnbench.text import class_name, shown

if TYPE_CHECKING:
    from rnnbench.contracts.info import BackendInfo, KernelInfo

#: The kinds of things that plugins provide.
Kind = Literal["backend", "cell", "network", "task", "suite", "kernel"]
KINDS: tuple[Kind, ...] = ("backend", "cell", "network", "task", "suite", "kernel")

#: A name stands in tables, and in names of files, which may have 255 characters in all.
NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
#: No plugin's name: it means every backend, or every variant of one.
RESERVED = "all"
#: How many things a hook may return.
MOST = 1000
TARGET = re.compile(r"\w+(\.\w+)*:\w+", re.ASCII)


class Wrong(Exception):
    """A hook has returned what it must not; the message says what."""


def check(kind: Kind, thing: Any) -> str:
    """Return the name of what a hook has returned.

    Raises:
        Wrong: if it is not what the hook is to return.
    """
    return CHECKS[kind](thing)


def name_of(thing: Any) -> str | None:
    """Return the name of a thing that failed its check, None if its name is no good either."""
    try:
        name = thing.name
        return str.__str__(name) if isinstance(name, str) and NAME.fullmatch(name) else None
    except BaseException:  # a property of a stranger's class may raise anything
        return None


def plain_copy(thing: Any) -> Any:
    """Return what has passed its check as it was then; a subclass could be another one later."""
    from rnnbench.contracts.info import BackendInfo, KernelInfo

    plain = str.__str__
    if isinstance(thing, BackendInfo):
        return BackendInfo(
            plain(thing.name),
            plain(thing.target),
            tuple(map(plain, thing.requires)),
            {plain(name): plain(about) for name, about in thing.variants.items()},
            plain(thing.default),
            tuple(map(plain, thing.default_for)),
            plain(thing.portable),
            tuple(map(plain, thing.nets)),
        )
    if isinstance(thing, KernelInfo):
        texts = (thing.backend, thing.variant, thing.target, thing.about)
        backend, variant, target, about = map(plain, texts)
        return KernelInfo(backend, variant, tuple(map(plain, thing.cells)), target, about)
    return Path(str(thing)) if isinstance(thing, Path) else thing


def check_cell(thing: Any) -> str:
    """Check a subclass of :class:`~rnnbench.Cell`."""
    from rnnbench.models.cell import Cell

    name = check_class(thing, Cell)
    check_names("gates", getattr(thing, "gates", None), identifier=False)
    check_names("state", thing.state, identifier=False)
    return name


def check_network(thing: Any) -> str:
    """Check a subclass of :class:`~rnnbench.Network`."""
    from rnnbench.models.network import Network
    from rnnbench.models.problem import TARGETS

    name = check_class(thing, Network)
    solves = getattr(thing, "solves", None)
    if not isinstance(solves, frozenset) or not solves or not solves <= set(TARGETS):
        raise Wrong(f"solves is {shown(solves)}, not a frozenset of {', '.join(TARGETS)}")
    if not isinstance(thing.uses_cell, bool):
        raise Wrong(f"uses_cell is {shown(thing.uses_cell)}, not True or False")
    return name


def check_task(thing: Any) -> str:
    """Check a subclass of :class:`~rnnbench.Task`."""
    from rnnbench.contracts.task import Defaults, Task
    from rnnbench.contracts.values import NotPlain, count

    name = check_class(thing, Task)
    if not isinstance(thing.defaults, Defaults):
        raise Wrong(f"its defaults are {shown(thing.defaults)}, not rnnbench.Defaults(...)")
    try:
        count(thing.version)
    except NotPlain as error:
        raise Wrong(f"its version is {shown(thing.version)}, not {error}") from None
    return name


def check_backend(thing: Any) -> str:
    """Check a :class:`~rnnbench.BackendInfo`."""
    from rnnbench.contracts.info import BackendInfo

    check_instance(thing, BackendInfo)
    check_name(thing.name)
    check_target(thing.target, "module:Class")
    if not isinstance(thing.requires, tuple) or not all(map(is_module, thing.requires)):
        raise Wrong(f"requires is {shown(thing.requires)}, not a tuple of modules")
    if not isinstance(thing.nets, tuple) or not all(map(is_module, thing.nets)):
        raise Wrong(f"nets is {shown(thing.nets)}, not a tuple of modules")
    check_variants(thing)
    return str.__str__(thing.name)


def check_variants(info: BackendInfo) -> None:
    """Check the variants and which of them is the default."""
    if not isinstance(info.variants, Mapping) or not info.variants:
        raise Wrong(f"variants is {shown(info.variants)}, not a dict of names and what they are")
    for name, about in info.variants.items():
        check_name(name, "a variant's name")
        check_text(f"variant {name!r}", about)
    if info.default not in info.variants:
        known = ", ".join(info.variants)
        raise Wrong(f"default {shown(info.default)} is none of its variants: {known}")
    if info.portable not in ("", *info.variants):
        known = ", ".join(info.variants)
        raise Wrong(f"portable {shown(info.portable)} is none of its variants: {known}")
    if info.default_for != ():
        check_names("default_for", info.default_for)


def check_kernel(thing: Any) -> str:
    """Check a :class:`~rnnbench.KernelInfo`."""
    from rnnbench.contracts.info import KernelInfo

    check_instance(thing, KernelInfo)
    check_name(thing.backend, "the backend's name")
    check_name(thing.variant, "the variant's name")
    check_names("cells", thing.cells)
    check_target(thing.target, "module:callable")
    check_text("about", thing.about)
    return kernel_name(thing)


def kernel_name(kernel: KernelInfo) -> str:
    """Return how a kernel is asked for: ``backend:variant``."""
    return f"{kernel.backend}:{kernel.variant}"


def check_suite(thing: Any) -> str:
    """Check the path of a suite file, whose content is read only when it is run."""
    if not isinstance(thing, Path):
        raise Wrong(f"{shown(thing)} is no pathlib.Path")
    if thing.suffix != ".toml":
        raise Wrong(f"{thing} does not end in .toml")
    if not thing.is_file():
        raise Wrong(f"there is no file {thing}")
    check_name(thing.stem)
    return thing.stem


def check_class(thing: Any, base: type[Any]) -> str:
    """Check a concrete dataclass below ``base``, all fields with defaults; return its name."""
    wanted = f"rnnbench.{base.__name__}"
    if isinstance(thing, base):
        raise Wrong(f"{type(thing).__name__}(...) is an instance: return the class itself")
    if not isinstance(thing, type):
        raise Wrong(f"{shown(thing)} is no subclass of {wanted}")
    if not issubclass(thing, base):
        raise Wrong(f"class {thing.__name__} is no subclass of {wanted}")
    if inspect.isabstract(thing):
        lacking = ", ".join(sorted(getattr(thing, "__abstractmethods__", ())))
        raise Wrong(f"class {thing.__name__} lacks {lacking}")
    if "__dataclass_fields__" not in vars(thing):
        raise Wrong(f"class {thing.__name__} is not decorated with @dataclass(frozen=True)")
    for field in dataclasses.fields(thing):
        if field.default is dataclasses.MISSING:
            raise Wrong(f"option {field.name!r} has no plain default")
    name = getattr(thing, "name", None)
    if name is None:
        raise Wrong(f"class {thing.__name__} has no name")
    if type(name) is not str:  # it stays in the class, and could be another one later
        raise Wrong(f"its name is {shown(name)}, a {class_name(name)}: it must be a plain text")
    check_name(name)
    return name


def check_instance(thing: Any, wanted: type[Any]) -> None:
    """Check what must be an instance of a class of :mod:`rnnbench.contracts.info`."""
    if not isinstance(thing, wanted):
        raise Wrong(f"{shown(thing)} is no rnnbench.{wanted.__name__}(...)")


def check_name(name: Any, what: str = "its name") -> None:
    """Check a name of the command line."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Wrong(
            f"{what} is {shown(name)}: it must begin with a small letter and hold nothing but "
            "small letters, digits, - and _, 64 in all at most"
        )
    if name == RESERVED:
        raise Wrong(f"{what} is {name!r}, which means every one")


def check_names(what: str, names: Any, identifier: bool = True) -> None:
    """Check a tuple of distinct texts: names of the command line, if ``identifier``."""
    if not isinstance(names, tuple) or not names or not all(isinstance(n, str) for n in names):
        raise Wrong(f"{what} is {shown(names)}, not a tuple of names")
    if len(set(names)) < len(names):
        raise Wrong(f"{what} is {shown(names)}: a name stands there twice")
    for name in names if identifier else ():
        check_name(name, f"a name in {what}")


def check_target(target: Any, form: str) -> None:
    """Check the text that says where something is imported from, such as ``module:Class``."""
    if not isinstance(target, str) or not TARGET.fullmatch(target):
        raise Wrong(f"target is {shown(target)}, not {form!r}")


def check_text(what: str, text: Any) -> None:
    """Check a description in one line."""
    if not isinstance(text, str) or "\n" in text:
        raise Wrong(f"{what} is {shown(text)}, not one line of text")


def is_module(name: Any) -> bool:
    """Return whether this can be the name of a module."""
    return isinstance(name, str) and all(part.isidentifier() for part in name.split("."))


def listed(hook: str, returned: Any) -> list[Any]:
    """Return what a hook has returned as a list.

    Raises:
        Wrong: if it can't be iterated over, is a text or a dict, or holds more than :data:`MOST`.
    """
    if isinstance(returned, str | bytes | Mapping) or not isinstance(returned, Iterable):
        raise Wrong(f"{hook} returned {shown(returned)}, not a list")
    found = list(islice(returned, MOST + 1))
    if len(found) > MOST:
        raise Wrong(f"{hook} returned more than {MOST} things, perhaps without end")
    return found


CHECKS: dict[Kind, Callable[[Any], str]] = {
    "backend": check_backend,
    "cell": check_cell,
    "network": check_network,
    "task": check_task,
    "suite": check_suite,
    "kernel": check_kernel,
}
