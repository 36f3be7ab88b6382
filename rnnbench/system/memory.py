"""The resident memory of this process: now, and at its peak."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress
from pathlib import Path


def reset_peak_memory() -> bool:
    """Start the peak resident memory of this process afresh; return whether that was possible."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def peak_memory() -> int | None:
    """Return the peak resident bytes of this process since the reset, None where unknown."""
    return _bytes("VmHWM")


def settled_memory() -> int | None:
    """Return the resident bytes of this process once it has given back what nothing uses.

    Garbage is collected, and glibc is asked for the pages it has kept of what was freed; an
    allocator of a framework may keep others. None where the system does not tell.
    """
    gc.collect()
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
    return _bytes("VmRSS")


def _bytes(field: str) -> int | None:
    """Return a figure of ``/proc/self/status``."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    line = next((line for line in status.splitlines() if line.startswith(f"{field}:")), None)
    return int(line.split()[1]) * 1024 if line else None
