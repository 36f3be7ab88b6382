"""What the C library does with memory that a step has freed, set alike for every worker.

glibc gives large blocks back to the system when they are freed, so that a step which needs them
again takes a page fault for every page of them: at T 100, batch 64, 512 → 512 a fifth of the time
of an LSTM. A process that keeps its memory takes each fault once.

What glibc can't keep is a block of more than 64 MiB that another thread than the main one asks for,
as XLA's do for all that a step of JAX needs on the way: it is mapped each time. Mapped in huge
pages of 2 MiB it costs a fault for 512 of the small ones.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from rnnbench.schema.types import Allocator

#: What glibc reads when a process starts (mallopt(3)): nothing is mapped or given back by itself,
#: and the heap grows by 64 MiB at least.
KEPT = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "MALLOC_TOP_PAD_": str(64 << 20),
}
#: Where glibc reads the rest, which a user may have set something in, and huge pages as the system
#: lets those have them who ask (not before glibc 2.35).
TUNABLES, HUGE_PAGES = "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"


def environment(allocator: Allocator) -> dict[str, str]:
    """Return the environment variables that set a process up so; the default leaves all alone."""
    if allocator != "kept":
        return {}
    theirs = os.environ.get(TUNABLES, "")
    return KEPT | {TUNABLES: ":".join(filter(None, (theirs, HUGE_PAGES)))}


def can_keep() -> bool:
    """Return whether the C library of this machine is one that can be told to keep memory."""
    with suppress(ValueError, OSError):
        return sys.platform == "linux" and "glibc" in (os.confstr("CS_GNU_LIBC_VERSION") or "")
    return False
