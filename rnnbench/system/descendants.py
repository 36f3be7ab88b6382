"""The descendants of workers: finding and ending them in whatever process group they are.

A process that calls ``setsid`` leaves its group. But every descendant inherits the environment, and
so a mark in it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

#: The variable that holds the mark of a worker: that of its run, a dot and a number.
MARK = "RNNBENCH_WORKER"
#: Seconds between two searches, and how many there are at most, as a process may fork for ever.
INTERVAL, SEARCHES = 0.02, 100


def marked(mark: str) -> Iterator[psutil.Process]:
    """Yield the living processes of a run (``mark``) or of one worker (``mark.number``)."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has ended, or is somebody else's
            found = process.environ().get(MARK, "")
            if process.pid != os.getpid() and (found == mark or found.startswith(f"{mark}.")):
                yield process


def end_marked(mark: str) -> None:
    """End every process of a run, or of one worker, at once; return when there is none."""
    for _ in range(SEARCHES):
        found = list(marked(mark))
        for process in found:
            with suppress(psutil.Error):
                process.kill()
        if not found:
            return
        time.sleep(INTERVAL)
