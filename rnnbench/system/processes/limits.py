"""Limits of a worker's files and memory, and signs that memory ran out.

A worker sets them itself, in :mod:`rnnbench.worker.server` and :mod:`rnnbench.worker.framework`.
"""

from __future__ import annotations

import errno
import os
import re
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

from rnnbench.text import class_name, message_of

#: The largest file that a worker may write, in bytes, its log above all.
LARGEST_FILE = 1 << 28
#: The classes that frameworks raise when memory has run out; Python's own is ``MemoryError``.
_CLASSES = frozenset({"OutOfMemoryError", "ResourceExhaustedError"})
#: With what the messages of their other errors begin then: those of PyTorch's and OpenMP's are
#: plain ``RuntimeError``; XLA's begin with a code.
_ERRORS = frozenset({"RuntimeError", "XlaRuntimeError", "JaxRuntimeError", "InternalError"})
_MESSAGES = re.compile(
    r"RESOURCE_EXHAUSTED|CUDA out of memory|CUDA error: out of memory|can't start new thread"
    r"|(\[enforce fail at \S*alloc\S*\] \. )?(DefaultCPUAllocator: )?"
    r"(can't allocate memory|not enough memory)"
    r"|std::bad_alloc$"
)
#: The lines with which a process ends that ran out of memory, or of memory for a thread's stack.
_LAST_WORDS = re.compile(
    r"(numpy\.\S*|builtins\.)?_?(Array)?MemoryError\b|(\w+\.)*(OutOfMemoryError|ResourceExhaustedError):"
    r"|terminate called after throwing an instance of 'std::bad_alloc'|\s*what\(\): +std::bad_alloc"
    r"|(\w+\.)*(Xla|Jax)RuntimeError: RESOURCE_EXHAUSTED|.*\bOOM when allocating tensor"
    r"|RuntimeError: can't start new thread|.*\bpthread_create\(\) failed"
    r"|RuntimeError: (CUDA out of memory|.*DefaultCPUAllocator: )"
    r"|OSError: \[Errno 12\]|OpenBLAS error: Memory allocation still failed"
)
#: How many lines at the end of a log may be the last words.
_LAST_LINES = 10
#: By the error of a call: the option of ``ulimit`` that sets the limit, and its number.
_REFUSED_BY = {
    errno.EMFILE: ("-n", resource.RLIMIT_NOFILE),
    errno.EAGAIN: ("-u", resource.RLIMIT_NPROC),
}
#: The files in which Linux counts the processes that it has ended for want of memory.
_COUNTERS = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))
#: The bytes at the end of a log that are searched.
_TAIL = 4096


def limit_files(size: int) -> None:
    """Limit each file that this process writes, and all it starts, to so many bytes.

    A lower limit that holds already stays.
    """
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    if most != resource.RLIM_INFINITY:
        size = min(size, most)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def limit_memory(size: int) -> None:
    """Limit the data of this process, in bytes, on Linux.

    Address space is not limited: frameworks reserve far more of it than they use.
    """
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:  # the user's own limit, which can't be raised
        size = min(size, most)
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def refusal(error: OSError) -> str:
    """Return why the system refuses a process or a file; a limit of the user's with its value."""
    reason = error.strerror or str(error)
    if error.errno not in _REFUSED_BY:
        return reason
    option, number = _REFUSED_BY[error.errno]
    return f"{reason}: ulimit {option} {resource.getrlimit(number)[0]}, which would have to be more"


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory ran out, by the class of an error or of what it was raised from.

    What an error of any other class says is but its message.
    """
    name, message = class_name(error), message_of(error)
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or name in _CLASSES
        or (name in _ERRORS and _MESSAGES.match(message) is not None)
        or (error.__cause__ is not None and is_out_of_memory(error.__cause__))
    )


def ended_without_memory(log: str, code: int) -> bool:
    """Return whether the last words of a process say that memory ran out.

    Args:
        log: what it has printed.
        code: its exit code, the negative number of a signal. One that libraries do not end
            themselves with may come long after an error that was caught: then the very last line
            must say it.
    """
    considered = _LAST_LINES if code > 0 or code == -signal.SIGABRT else 1
    lines = log.rstrip().splitlines()[-considered:]
    return any(_LAST_WORDS.match(line) for line in lines)


def tail(log: int, start: int = 0) -> str:
    """Return the end of a log, without what stood there before the byte ``start``.

    Args:
        log: its descriptor; what else may stand under its name by now is not opened.
        start: in bytes.
    """
    start = max(start, os.fstat(log).st_size - _TAIL)
    return os.pread(log, _TAIL, start).decode(errors="replace")


def oom_kills() -> int:
    """Return how many processes the system has ended for want of memory, as far as it counts."""
    return sum(_counts())


def _counts() -> Iterator[int]:
    for counter in _COUNTERS:
        try:
            lines = counter.read_text().splitlines()
        except OSError:
            continue
        yield sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
