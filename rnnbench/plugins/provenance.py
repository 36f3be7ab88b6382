"""Where a plugin comes from: its distribution, its files, and the line of a fault."""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
import subprocess
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any

from rnnbench.system import guarding


@dataclass(frozen=True)
class Origin:
    """Where a plugin comes from, as far as metadata tells; nothing is imported to know it.

    Attributes:
        module: its module.
        entry_point: the name of its entry point, None for a module given to ``-p``.
        distribution: the distribution it was installed with, None if it was not installed.
        version: of the distribution.
    """

    module: str
    entry_point: str | None = None
    distribution: str | None = None
    version: str | None = None

    @property
    def label(self) -> str:
        """The distribution, or the module where there is none."""
        return self.distribution or self.module

    @property
    def names(self) -> frozenset[str]:
        """All names of the plugin as a whole: distribution, entry point, module."""
        names = {self.module, self.entry_point or self.module, self.label, normalised(self.label)}
        return frozenset(names)

    def __str__(self) -> str:
        return f"{self.label} {self.version}" if self.version else self.label


def normalised(distribution: str) -> str:
    """Return the name of a distribution as package indexes spell it: ``rnnbench-torch``."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def source_hash(*modules: str) -> str | None:
    """Return twelve hexadecimal digits for the Python files of some modules' packages.

    The SHA-256 of the files' names and contents, the same for an editable installation and an
    ordinary one. None if there is no file to be read.
    """
    digest = hashlib.sha256()
    names = sorted({module.partition(".")[0] for module in modules})
    files = [(name, inside, file) for name in names for inside, file in sources(name)]
    for name, inside, file in files:
        content = file.read_bytes()
        digest.update(f"{name}/{inside} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12] if files else None


def sources(module: str) -> list[tuple[str, Path]]:
    """Return the Python files of a module's top-level package, sorted, without importing it.

    Each with its name inside the package; a module that is in no package is ``.`` inside itself.
    """
    root = package(module)
    if root is None:
        return []
    files = sorted(root.rglob("*.py")) if root.is_dir() else [root]
    return [(file.relative_to(root).as_posix(), file) for file in files]


def package(module: str) -> Path | None:
    """Return the folder of a module's top-level package, or its file; None if there is neither."""
    try:
        spec = util.find_spec(module.partition(".")[0])
    except BaseException as error:  # what stands for the module may be a stranger's object
        if guarding.is_interruption(error):
            raise
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None


def module_file(module: str) -> Path | None:
    """Return the file of a module, without importing it or its package; None if there is none."""
    found = package(module)
    if found is None or found.is_file():
        return found
    inside = found.joinpath(*module.split(".")[1:])
    files = (inside / "__init__.py", inside.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)


def declared(module: str, name: str) -> int | None:
    """Return the number that ``name = NUMBER`` at the top of a module sets, without importing it.

    So the API that a module was written for is known even where the module can't be imported.
    """
    file = module_file(module)
    try:
        statements = ast.parse(file.read_bytes()).body if file else []
    except (OSError, SyntaxError, ValueError):
        return None
    for statement in statements:
        match statement:
            case ast.Assign([ast.Name(target)], ast.Constant(int(value))) if target == name:
                return value
    return None


def line_of(thing: Any) -> str | None:
    """Return ``file:line`` of a class or a function, None where that can't be told."""
    try:
        file = inspect.getsourcefile(thing)
        _, number = inspect.getsourcelines(thing)
    except Exception:  # no source, or a stranger's class that raises when it is looked at
        return None
    return f"{file}:{number}"


def line_of_error(error: BaseException, module: str) -> str | None:
    """Return ``file:line`` of the last line of the plugin's own code in a traceback."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    own = package(module)
    lines = list(own_lines(error, own)) if own else []
    return lines[-1] if lines else None


def own_lines(error: BaseException, own: Path) -> Iterator[str]:
    """Yield ``file:line`` of those entries of a traceback that are in a file, or below a folder."""
    for frame, number in traceback.walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file == own or own in file.parents:
            yield f"{file}:{number}"


def git_revision() -> str | None:
    """Return the commit of the checkout this package comes from, ``+`` for uncommitted changes.

    That is the checkout that the package is in, or the current folder if its modules are the same.
    """
    package = Path(__file__).parents[1]
    roots = (root for root in (package.parent, Path.cwd()) if has_same_modules(root, package))
    return next(filter(None, map(revision, roots)), None)


def has_same_modules(root: Path, package: Path) -> bool:
    """Return whether ``root`` has the same modules as ``package``."""
    if root == package.parent:
        return True
    for module in package.rglob("*.py"):
        copy = root / package.name / module.relative_to(package)
        if not copy.is_file() or copy.read_bytes() != module.read_bytes():
            return False
    return True


def revision(root: Path) -> str | None:
    """Return the commit of a checkout of this project, None if the folder is none."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if not git("ls-files", "rnnbench/__init__.py"):  # installed inside somebody else's checkout
            return None
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return None
