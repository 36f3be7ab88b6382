"""Descendants of workers that have lost their parents and bear no mark of ours.

Whoever has the rights can rub off both marks (:mod:`rnnbench.system.processes.marks`). What is left
is that this process has adopted them. That says where they come from only if it had nothing but
itself when the run began: other children, or threads that may start some, have orphans of their
own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil

from rnnbench.system.processes import tree
from rnnbench.system.processes.descendants import end_all
from rnnbench.system.processes.marks import is_branded, variable


class Strays:
    """Orphans without a mark: stopped for good when they are seen, and ended with the run."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Look whether there is anybody else, which must be before a worker is started.

        Args:
            tell: is told, in a line, of each that is stopped.
        """
        self._tell = tell
        self._alone = threading.active_count() == 1 and not tree.children(os.getpid())
        self._told: set[psutil.Process] = set()

    def stop(self, mark: str) -> None:
        """Stop those that are there, and let those go that have ended.

        Args:
            mark: that of the run, whose other orphans are no strays.
        """
        for pid in self._found(mark):
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                process.suspend()
                if process not in self._told:
                    self._told.add(process)
                    self._tell(f"stopped process {pid} ({process.name()}), which a worker has left")

    def end(self, mark: str) -> None:
        """End them all; no worker is left by then."""
        end_all(lambda: self._found(mark))

    def _found(self, mark: str) -> Iterator[int]:
        for pid in tree.orphans() if self._alone else ():
            if tree.is_zombie(pid):
                tree.reap(pid)
            elif variable(pid) is None and not is_branded(pid, mark) and not _is_neighbour(pid):
                yield pid
                yield from tree.below(pid)


def _is_neighbour(pid: int) -> bool:
    """Return whether a process is of our own session, where no worker is, or has ended."""
    return tree.session(pid) in (os.getsid(0), None)
