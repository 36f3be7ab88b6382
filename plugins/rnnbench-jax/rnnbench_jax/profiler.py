"""JAX's profiler."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax

from rnnbench import Profile


def profile(work: Callable[[], None]) -> Profile:
    """Run ``work`` and return the operations of XLA, under the names that it gives them."""
    options = jax.profiler.ProfileOptions()
    options.python_tracer_level = 0  # calls of Python are many, and no operations
    with tempfile.TemporaryDirectory() as folder:
        with jax.profiler.trace(folder, profiler_options=options):
            work()
        (file,) = Path(folder).rglob("*.trace.json.gz")
        events = json.loads(gzip.decompress(file.read_bytes()))["traceEvents"]
    return Profile([event for event in events if event], operation)  # the last one is empty


def operation(event: Mapping[str, Any]) -> str | None:
    """Return the name of an operation of XLA."""
    return str(event["name"]) if "hlo_op" in event.get("args", {}) else None
