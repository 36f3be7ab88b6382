"""Children of this process in which strangers are called."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from contextlib import suppress


def fork() -> int:
    """Fork; threads that a stranger has started are not in the child, which needs none of them."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # else the child might write the same once more
            stream.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def end(child: int) -> None:
    """End a child, and what it has started in its group."""
    for kill in (os.kill, os.killpg):
        with suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)
