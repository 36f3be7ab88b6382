"""Writes the project of a new plugin: small, complete, and working as it is."""

from __future__ import annotations

import re
import shlex
import shutil
from importlib import util
from pathlib import Path
from string import Template
from typing import get_args

from rnnbench.errors import UsageError, unknown
from rnnbench.plugins.authoring.kit import TestedKind
from rnnbench.plugins.registry import Registry
from rnnbench.plugins.validation import RESERVED
from rnnbench.system.io.files import write_file

#: The files of ``plugin/`` are in every project, those of ``backend/``, ``cell/`` and so on in
#: projects of that kind; ``package/`` becomes the plugin's package. They are texts of
#: :class:`string.Template`.
TEMPLATES = Path(__file__).parent / "templates"
SUFFIX = ".tmpl"
#: A name of the command line that ends as the name of a distribution must.
NAME = re.compile(r"[a-z]([a-z0-9_-]*[a-z0-9])?")
#: What a plugin of each kind imports.
DEPENDENCIES: dict[TestedKind, tuple[str, ...]] = {
    "backend": ("autograd>=1.8", "numpy>=2.0", "rnnbench"),
    "cell": ("rnnbench",),
    "network": ("rnnbench",),
    "task": ("numpy>=2.0", "rnnbench"),
}
#: The command that shows it in a table within a minute or so.
RUNS: dict[TestedKind, str] = {
    "backend": "rnnbench run --backends {name} --cells lstm --steps 20 --max-time 1",
    "cell": "rnnbench run --backends all:all --cells {name} --steps 20 --max-time 1",
    "network": "rnnbench run --networks {name} --tasks copy-memory --steps 20 --max-time 1",
    "task": "rnnbench run --backends all --tasks {name} --cells lstm --max-time 1",
}


def create(kind: str, name: str, folder: Path, registry: Registry) -> Path:
    """Write the project ``rnnbench-NAME`` for a plugin, and return where it is.

    Args:
        kind: ``backend``, ``cell``, ``network`` or ``task``.
        name: of the plugin, on the command line and in tables.
        folder: where the project goes; made if it is not there.
        registry: the installed plugins.

    Raises:
        UsageError: if there is no such kind, the name is odd or taken, or the project can't be
            written; what is there already is left alone, and no part of a project stays.
    """
    checked = check_kind(kind)
    check_name(checked, name, registry)
    project = folder / f"rnnbench-{name}"
    try:
        project.mkdir(parents=True)
    except FileExistsError:
        raise UsageError(f"{project} exists already: choose another name or --output") from None
    except OSError as error:
        raise UsageError(f"{project} can't be written: {error.strerror}") from error
    try:
        for path, text in files(checked, name).items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            write_file(project / path, text.encode())
    except BaseException as error:
        shutil.rmtree(project, ignore_errors=True)
        if isinstance(error, OSError):
            raise UsageError(f"{project} can't be written: {error.strerror}") from error
        raise
    return project


def check_kind(kind: str) -> TestedKind:
    """Return the kind, or raise UsageError with the closest one."""
    for known in get_args(TestedKind):
        if kind == known:
            return known  # type: ignore[no-any-return]
    raise unknown("kind of plugin", kind, get_args(TestedKind))


def check_name(kind: TestedKind, name: str, registry: Registry) -> None:
    """Raise UsageError if the name is odd, or a plugin has it."""
    if not NAME.fullmatch(name) or name == RESERVED:
        raise UsageError(
            f"{name!r} is no name for a plugin: it must begin with a small letter, hold nothing "
            "but small letters, digits, - and _, 64 in all at most, end with one of the first two, "
            f"and not be {RESERVED!r}"
        )
    alike: tuple[TestedKind, ...] = ("cell", "network", "task")  # options are told apart by names
    for other in alike if kind in alike else (kind,):
        for item in registry.items(other):
            if item.name == name and item.status != "disabled":
                raise UsageError(f"the {other} {name!r} exists already, in {item.origin}")
    if util.find_spec(module_of(name)):
        raise UsageError(f"a module {module_of(name)!r} is installed already: choose another name")


def files(kind: TestedKind, name: str) -> dict[Path, str]:
    """Return the texts of a project by their paths in it."""
    values = {
        "kind": kind,
        "name": name,
        "module": module_of(name),
        "title": "".join(part.capitalize() for part in re.split("[-_]+", name)),
        "dependencies": ", ".join(f'"{needed}"' for needed in DEPENDENCIES[kind]),
        "run": RUNS[kind].format(name=name),
    }
    found = {}
    for root in (TEMPLATES / "plugin", TEMPLATES / kind):
        for template in sorted(root.rglob(f"*{SUFFIX}")):
            first, *rest = template.relative_to(root).with_suffix("").parts
            path = Path(values["module"] if first == "package" else first, *rest)
            found[path] = Template(template.read_text(encoding="utf-8")).substitute(values)
    return found


def next_steps(kind: str, name: str, project: Path) -> list[str]:
    """Return the commands that install the plugin, test it, and put it into a table."""
    return [
        f"pip install -e {shlex.quote(f'{project}[test]')}",
        f"pytest {shlex.quote(str(project))}",
        RUNS[check_kind(kind)].format(name=name),
    ]


def module_of(name: str) -> str:
    """Return the name of a plugin's package."""
    return f"rnnbench_{name.replace('-', '_')}"
