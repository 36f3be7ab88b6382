"""An error as the reply that tells it."""

from __future__ import annotations

import traceback
from contextlib import suppress

from rnnbench.contracts.values import raised
from rnnbench.errors import DataChanged, Diverged, Mismatch, PluginError, Unsupported
from rnnbench.schema.messages import Failed, Reply, decode_reply, encode
from rnnbench.schema.status import Status
from rnnbench.system.processes import limits
from rnnbench.text import message_of, plain


def failure(error: Exception) -> Failed:
    """Return what went wrong; an error that nobody expects is printed to the worker's log."""
    if isinstance(error, Unsupported):
        return Failed("unsupported", message_of(error))
    if isinstance(error, Mismatch):
        return Failed("mismatch", message_of(error), error.error)
    status: Status = "oom" if limits.is_out_of_memory(error) else "failed"
    if isinstance(error, DataChanged | Diverged | PluginError):
        return Failed(status, message_of(error))
    with suppress(Exception):  # its log may be full, or closed
        traceback.print_exception(error)
    return Failed(status, raised(error))


def readable(reply: Reply) -> bytes:
    """Return a reply as its message, or a ``Failed`` where the parent could not read it."""
    try:
        message = encode(reply)
        decode_reply(message)
    except Exception as error:  # msgspec's of what is no JSON, or beyond its bounds
        return encode(Failed("failed", plain(f"the worker has no answer that is one: {error}")))
    return message
