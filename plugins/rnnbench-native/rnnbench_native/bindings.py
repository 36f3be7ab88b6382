"""Bindings that need a framework's headers: compiled when first used, and kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rnnbench import Unsupported
from rnnbench_native import library


def compiled(framework: str, flags: Sequence[str], version: str) -> Path:
    """Return the library that binds the kernels to a framework.

    Args:
        framework: ``jax`` or ``tensorflow``.
        flags: what the framework wants of the compiler.
        version: of the framework.

    Raises:
        Unsupported: if there is no compiler, or it fails.
    """
    source = library.SOURCES / f"{framework}_binding.cc"
    headers = [library.SOURCES / name for name in ("binding.h", "native.h")]
    texts = [path.read_bytes() for path in (source, *headers)]
    what = hashlib.sha256(b"\0".join([*texts, version.encode(), str(library.path()).encode()]))
    kept = folder() / f"{framework}-{version}-{what.hexdigest()[:16]}.so"
    if not kept.exists():
        _compile(framework, [str(source), "-I", str(library.SOURCES), *flags], kept)
    return kept


def folder() -> Path:
    """Return where compiled bindings are kept: ``rnnbench-native`` in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "rnnbench-native"


def compiler() -> str | None:
    """Return the C++ compiler: what ``CXX`` names, else the first that is there."""
    named = os.environ.get("CXX")
    return next(filter(None, map(shutil.which, [named] if named else ["g++", "clang++"])), None)


def _compile(framework: str, arguments: Sequence[str], kept: Path) -> None:
    """Compile beside the place where it is kept, so that no other process loads half of it."""
    found = compiler()
    if found is None:
        raise Unsupported(f"the native kernel needs g++ or clang++ for its binding to {framework}")
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Linked to the kernels by their path, as both are of one machine.
    kernels = str(library.path())
    with tempfile.TemporaryDirectory(dir=kept.parent) as beside:
        made = Path(beside) / kept.name
        command = [found, "-shared", "-fPIC", "-O1", *arguments, kernels, "-o", str(made)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if "error:" in line]
            why = errors[0] if errors else f"{found} ended with {done.returncode}"
            raise Unsupported(f"the native kernel's binding to {framework} does not compile: {why}")
        made.replace(kept)
