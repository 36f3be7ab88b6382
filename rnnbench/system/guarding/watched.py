"""The name of the plugin that is called in a worker, which the parent reads if the worker ends.

The line lies in memory that both processes share; it outlives the worker.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress

from rnnbench.system.guarding.note import SIZE, Note
from rnnbench.system.io.files import scratch_file

#: Who is called and what for; what an older parent, which reads no note, is not told.
_said: tuple[str, str] = ("", "")
_note: Note | None = None
#: Linux's F_SEAL_FUTURE_WRITE: memory that is mapped may be written, and nothing through a
#: descriptor, so that who writes into all there are writes nothing here.
SEAL = 0x10


def memory_to_share() -> int | None:
    """Return a descriptor of memory for a note, None where the system has none to give."""
    with suppress(OSError):
        if hasattr(os, "memfd_create"):
            made = os.memfd_create("rnnbench", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        else:
            made = _unnamed_file()
        os.truncate(made, SIZE)
        return made
    return None


def watch(descriptor: int) -> None:
    """Tell from now on who is called, in the memory behind a descriptor of a parent's."""
    global _note
    with suppress(OSError, ValueError):
        _note = Note(descriptor)
        os.set_inheritable(descriptor, False)
        if hasattr(fcntl, "F_ADD_SEALS"):
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, SEAL)


def tell(who: str, what: str) -> tuple[str, str]:
    """Say who is called now, and what for; return what was said before.

    Where nobody is, whoever was called last is left on the note.
    """
    global _said
    before, _said = _said, (who, what)
    if _note is not None and who:
        _note.write(f"{who}: {what}" if what else who)
    return before


def _unnamed_file() -> int:
    with scratch_file() as file:
        return os.dup(file.fileno())
