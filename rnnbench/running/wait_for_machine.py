"""Our turn on the machine: two runs never time at once, and who else computes is told."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rnnbench.errors import UsageError
from rnnbench.schema.machine import Look
from rnnbench.system import usage
from rnnbench.system.command import command
from rnnbench.system.machine_lock import MachineLock
from rnnbench.text import duration, plain

#: Seconds in which we look who else computes.
SECONDS = 1.0
#: Seconds between two looks whether the machine is free, and between two lines that say it is not.
LOOK, TELL = 0.5, 30.0


@contextmanager
def our_turn(tell: Callable[[str], None], wait: bool = True) -> Iterator[None]:
    """Wait until nobody else measures on this machine, and let nobody until the block ends.

    Args:
        tell: shows a line: for whom we wait, and for how long already.
        wait: False to refuse instead.

    Raises:
        UsageError: if somebody else measures and ``wait`` is False.
    """
    with MachineLock() as lock:
        start = told = time.monotonic()
        words = plain(shlex.join(command()))
        while not _acquired(lock, words, tell):
            now = time.monotonic()
            if not wait:
                raise UsageError(f"--no-wait: the machine is in use by {lock.holder()}")
            if told == start:
                tell(f"waiting until the machine is free: it is in use by {lock.holder()}")
                told = now
            elif now - told >= TELL:
                tell(f"waiting for {duration(now - start)}: in use by {lock.holder()}")
                told = now
            time.sleep(LOOK)
        yield


def _acquired(lock: MachineLock, words: str, tell: Callable[[str], None]) -> bool:
    """Return whether the machine is ours, as far as that can be had here."""
    try:
        return lock.acquire(words)
    except OSError as error:
        tell(f"nothing keeps others from measuring at the same time: {lock.path}: {error.strerror}")
        return True


def look_around(tell: Callable[[str], None], seconds: float = SECONDS) -> Look | None:
    """Look who else computes before anything is timed, and warn if it is too much.

    Args:
        tell: shows the warning, one line.
        seconds: how long; this process sleeps meanwhile.

    Returns:
        What was seen, None where the system does not tell.
    """
    found = usage.look(seconds)
    if found is not None and not usage.is_quiet(found):
        tell(warning(found))
    return found


def warning(found: Look) -> str:
    """Return who else computes, in one line."""
    who = usage.named(found.busiest) or "nobody that can be seen from here"
    stolen = f", a hypervisor {found.stolen:.2g}" if found.stolen else ""
    return (
        f"warning: others use {found.used:.2g} of {found.cpus} CPUs{stolen} ({who}): "
        "what is timed beside them can't be relied on"
    )
