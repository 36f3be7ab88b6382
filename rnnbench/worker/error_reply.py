"""An error as the reply that tells it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from contextlib import suppress

from rnnbench.contracts.values import raised
from rnnbench.errors import (
    DataChanged,
    Diverged,
    Mismatch,
    PluginError,
    RankEnded,
    ResultsError,
    RnnbenchError,
    Unsupported,
)
from rnnbench.schema.json_faults import fault_of
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.protocol import Reply, decode_reply, encode
from rnnbench.schema.status import Status
from rnnbench.system.processes import limits
from rnnbench.text import message_of, plain
from rnnbench.worker.responsible_plugin import culprit


def failure(
    error: BaseException, suspects: Mapping[str, str] | None = None, who: str = "", what: str = ""
) -> Failed:
    """Return what went wrong; an error of a plugin's code is printed to the worker's log.

    Args:
        error: what was raised.
        suspects: see :func:`rnnbench.worker.responsible_plugin.culprit`.
        who: the backend, which is named where it is no suspect's fault.
        what: what was asked of it.
    """
    if isinstance(error, Unsupported):
        return Failed("unsupported", message_of(error))
    if isinstance(error, Mismatch):
        return Failed("mismatch", message_of(error), error.error)
    status: Status = "oom" if limits.is_out_of_memory(error) else "failed"
    if error.__cause__ is not None or not isinstance(error, RnnbenchError):
        with suppress(Exception):  # its log may be full, or closed
            traceback.print_exception(error)
    if isinstance(error, DataChanged | Diverged | PluginError | RankEnded | ResultsError):
        return Failed(status, message_of(error))
    if at_fault := culprit(error, suspects or {}):
        who, what = at_fault
        return Failed(status, f"{who}: {what} raises {raised(error)}")
    return Failed(status, ": ".join(filter(None, (who, what, raised(error)))))


def readable(reply: Reply) -> bytes:
    """Return a reply as its message, or a ``Failed`` where the parent could not read it."""
    message = b""
    try:
        message = encode(reply)
        decode_reply(message)
    except Exception as error:  # msgspec's of what is no JSON, or beyond its bounds
        why = fault_of(message, Reply) if message else error
        return encode(Failed("failed", plain(f"the worker has no answer that is one: {why}")))
    return message
