"""``--model``: nets of the user's, each a row of the backend that it is written for."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rnnbench.errors import UsageError, unknown
from rnnbench.plugins.registry import Registry
from rnnbench.schema.row import OwnNet, Row
from rnnbench.system.io.files import read_file
from rnnbench.text import shown

if TYPE_CHECKING:
    from rnnbench.plan.request import Request

#: The largest file that is read.
LARGEST = 1 << 24


class Named(NamedTuple):
    """The value of ``--model``: ``FILE:NAME``, or ``BACKEND:FILE:NAME``."""

    backend: str
    path: str
    name: str


def parse(text: str) -> Named:
    """Return the parts of a value of ``--model``.

    Raises:
        UsageError: if it is no such value.
    """
    place, _, name = text.rpartition(":")
    backend, _, path = place.rpartition(":")
    if not path.endswith(".py") or not name.isidentifier():
        raise UsageError(
            f"--model {shown(text)}: a net is named by its file and what makes it there, as "
            "mynet.py:Net"
        )
    return Named(backend, path, name)


def select_nets(models: Sequence[str], rows: Sequence[Row], registry: Registry) -> list[OwnNet]:
    """Return the nets that values of ``--model`` mean; none of their files is run.

    Args:
        models: the values.
        rows: the other rows of the run.
        registry: the plugins.

    Raises:
        UsageError: for a file or a name that there is not, a net whose backend can't be told, or
            two that would be called the same.
    """
    nets = [net_of(text, rows, registry) for text in models]
    seen: dict[Row, OwnNet] = {}
    for net in nets:
        if seen.setdefault(net.row, net) is not net:
            raise UsageError(
                f"--model: {seen[net.row]} and {net} would both be {net.row}: give one "
                "of the files another name"
            )
    return nets


def net_of(text: str, rows: Sequence[Row], registry: Registry) -> OwnNet:
    """Return the net that a value of ``--model`` means; see :func:`select_nets`."""
    named = parse(text)
    content = source_of(named.path)
    tree = tree_of(named.path, content)
    names = list(names_of(tree))
    if named.name not in names and "*" not in names:
        raise unknown(f"name in {named.path}", named.name, names)
    backend = named.backend or backend_of(named, imports_of(tree), rows, registry)
    if not registry.backend(backend).nets:
        raise UsageError(f"--model {text}: {backend} takes no nets of one's own")
    environment = next((row.environment for row in rows if row.backend == backend), "")
    variant = f"{re.sub(r'[^A-Za-z0-9_-]', '_', Path(named.path).stem)}.{named.name}"
    row = Row(backend, variant, environment)
    return OwnNet(row, written(named.path), named.name, hashlib.sha256(content).hexdigest())


def backend_of(named: Named, imports: set[str], rows: Sequence[Row], registry: Registry) -> str:
    """Return the backend that a net belongs to: the only one, or that whose library it imports.

    Raises:
        UsageError: if that can't be told.
    """
    backends = list(dict.fromkeys(row.backend for row in rows))
    if len(backends) == 1:
        return backends[0]
    able = [one for one in backends if imports.intersection(registry.backends[one].nets)]
    if len(able) == 1:
        return able[0]
    what = f"imports what belongs to {' and '.join(able)}" if able else "imports none of them"
    raise UsageError(
        f"a net belongs to one framework, and this run has {', '.join(backends)}: {named.path} "
        f"{what}; say which as --model {(able or backends)[0]}:{named.path}:{named.name}"
    )


def source_of(path: str) -> bytes:
    """Return the content of a file.

    Raises:
        UsageError: if it can't be read.
    """
    try:
        return read_file(Path(path), LARGEST)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"--model: can't read {shown(path)}: {why}") from None


def tree_of(path: str, content: bytes) -> ast.Module:
    """Return what a file says.

    Raises:
        UsageError: if it is no Python, naming the line.
    """
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise UsageError(f"--model: {path}:{line}: {getattr(error, 'msg', error)}") from None


def names_of(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a file may define; ``*`` where it imports all of another one."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name for alias in aliases)
            case _:
                yield from names_of(node)


def imports_of(tree: ast.Module) -> set[str]:
    """Return the packages that a file imports."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                found |= {alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.partition(".")[0])
    return found


def written(path: str) -> str:
    """Return how a record names a file: from the folder we are in, or as it was given."""
    given, here = Path(path), Path.cwd()
    return str(given.relative_to(here)) if given.is_relative_to(here) else str(given)


def check_alone(request: Request) -> None:
    """Refuse what can't be asked of a net of one's own.

    Raises:
        UsageError: for weights, which are those of another model, and for several devices, since
            no oracle tells whether what a net does of a whole batch is what it does of its parts.
    """
    if request.models and request.devices:
        raise UsageError("--devices with --model: a net of one's own is run on one device")
    asked = {"--weights": request.weights, "--save-weights": request.save_weights}
    for option, value in asked.items():
        if request.models and value:
            raise alone(option)


def alone(option: str) -> UsageError:
    """Return the error for an option of weights, beside which nets of one's own are asked for."""
    return UsageError(f"{option} with --model: its file is for the table's own models")


def check_unchanged(nets: Sequence[OwnNet]) -> None:
    """Refuse to go on with nets whose files have changed since the run began.

    Raises:
        UsageError: naming the first.
    """
    for net in nets:
        if hashlib.sha256(source_of(net.path)).hexdigest() != net.source:
            raise UsageError(
                f"this run can't be resumed, since {net.path} has changed: what was measured is of "
                "another net. Begin a new run"
            )


def are_those(models: Sequence[str], nets: Sequence[OwnNet]) -> bool:
    """Return whether values of ``--model`` name the nets of a plan, in their order."""
    named = [parse(text) for text in models]
    return len(named) == len(nets) and all(
        (written(one.path), one.name) == (net.path, net.name)
        and one.backend in ("", net.row.backend)
        for one, net in zip(named, nets, strict=True)
    )
