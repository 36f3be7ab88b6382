"""The marks by which a process is known to come from a worker, wherever it has gone.

The first is a variable that every descendant inherits with the environment, and can overwrite. The
second is the hard limit of the largest file, which is inherited likewise and which nobody can raise
again without the rights of the administrator: each worker's is another number of bytes.
"""

from __future__ import annotations

import os
import resource
import sys
import zlib
from contextlib import suppress

import psutil

from rnnbench.system.processes import tree
from rnnbench.system.processes.limits import LARGEST_FILE

#: The variable that holds the mark of a worker: that of its run, a dot and a number.
MARK = "RNNBENCH_WORKER"
#: Bits of the limit that tell the run, and those that tell the worker within it.
_RUN_BITS, _WORKER_BITS = 16, 8


def in_worker() -> bool:
    """Return whether this process is a worker, or was started by one."""
    return "." in os.environ.get(MARK, "")


def brand(mark: str) -> int:
    """Return the limit of the largest file, in bytes, that belongs to a worker's mark."""
    run, _, number = mark.partition(".")
    run_part = zlib.crc32(run.encode()) % (1 << _RUN_BITS)
    worker_part = int(number or 0) % (1 << _WORKER_BITS)
    return LARGEST_FILE - (run_part << _WORKER_BITS) - worker_part


def bear(mark: str) -> None:
    """Bear a mark, which all that this process starts from now on will bear as well."""
    os.environ[MARK] = mark
    with suppress(OSError, ValueError):  # the user's own limit is lower
        resource.setrlimit(resource.RLIMIT_FSIZE, (brand(mark),) * 2)


def is_branded(pid: int, mark: str) -> bool:
    """Return whether a process has the limit of a run or a worker, even one that has just ended."""
    if sys.platform != "linux":
        return False
    try:
        _, limit = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    except OSError:  # it has gone, or is somebody else's
        return False
    if "." in mark:
        return limit == brand(mark)
    return 0 <= brand(mark) - limit < 1 << _WORKER_BITS


def belongs(pid: int, mark: str) -> bool:
    """Return whether a living process is of a run (``mark``) or of one worker (``mark.number``).

    Either mark tells. Where two runs happen to have the same limits, the variable decides.
    """
    named = variable(pid)
    if named is not None and (named == mark or named.startswith(f"{mark}.")):
        return True
    if not is_branded(pid, mark) or (named is not None and is_branded(pid, named)):
        return False
    return not tree.is_zombie(pid)


def variable(pid: int) -> str | None:
    """Return what a process's environment names as its worker, None if there is nothing."""
    if sys.platform == "linux":  # as below, and three times as fast
        with suppress(OSError), open(f"/proc/{pid}/environ", "rb", buffering=0) as file:  # noqa: PTH123
            _, found, rest = (b"\0" + file.read()).partition(b"\0" + MARK.encode() + b"=")
            return rest.partition(b"\0")[0].decode(errors="replace") if found else None
    else:
        with suppress(psutil.Error):
            return psutil.Process(pid).environ().get(MARK)
    return None  # it has ended, or is somebody else's
