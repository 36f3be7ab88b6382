"""An error as the reply that tells it."""

from __future__ import annotations

import traceback
from contextlib import suppress

from rnnbench.errors import Diverged, Mismatch, PluginError, Unsupported
from rnnbench.schema.messages import Failed, Reply, decode_reply, encode
from rnnbench.system import limits
from rnnbench.text import plain


def failure(error: Exception) -> Failed:
    """Return what went wrong; an error that nobody expects is printed to the worker's log."""
    if isinstance(error, Unsupported):
        return Failed("unsupported", str(error))
    if isinstance(error, Mismatch):
        return Failed("mismatch", str(error), error.error)
    if isinstance(error, Diverged | PluginError):
        reason = str(error)
        return Failed("oom" if limits.out_of_memory(reason) else "failed", reason)
    with suppress(OSError):  # its log may be full, or closed
        traceback.print_exception(error)
    reason = one_line(error)
    return Failed("oom" if limits.out_of_memory(reason) else "failed", reason)


def readable(reply: Reply) -> bytes:
    """Return a reply as its message, or a ``Failed`` where the parent could not read it."""
    try:
        message = encode(reply)
        decode_reply(message)
    except Exception as error:  # msgspec's of what is no JSON, or beyond its bounds
        return encode(Failed("failed", plain(f"the worker has no answer that is one: {error}")))
    return message


def one_line(error: BaseException) -> str:
    """Return the type of an error and the first line of its message."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
