"""An error as the reply that tells it."""

from __future__ import annotations

import traceback
from contextlib import suppress

from rnnbench.errors import Diverged, Mismatch, Unsupported
from rnnbench.schema.messages import Failed
from rnnbench.system import limits


def failure(error: Exception) -> Failed:
    """Return what went wrong; an error that nobody expects is printed to the worker's log."""
    if isinstance(error, Unsupported):
        return Failed("unsupported", str(error))
    if isinstance(error, Mismatch):
        return Failed("mismatch", str(error), error.error)
    if isinstance(error, Diverged):
        return Failed("failed", str(error))
    with suppress(OSError):  # its log may be full, or closed
        traceback.print_exception(error)
    reason = one_line(error)
    return Failed("oom" if limits.out_of_memory(reason) else "failed", reason)


def one_line(error: BaseException) -> str:
    """Return the type of an error and the first line of its message."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
