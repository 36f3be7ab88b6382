"""Processes that end the workers of a run when their parent has died.

Suspended workers can't notice. A watchdog is never suspended by us: it sleeps until its stdin, a
pipe that only the parent holds, is closed, by whatever ended the parent. If somebody else has
stopped it, that resumes it. It is started as
``python -P -m rnnbench.running.workers.watchdog MARK``; see :mod:`rnnbench.system.processes.marks`.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from rnnbench.system.processes import bonds, own_files
from rnnbench.system.processes.signals import SIGNALS
from rnnbench.system.processes.tree import OWN

#: How many guard a run: one is left if another one and then the parent are killed.
WATCHDOGS = 2


class Watchdogs:
    """Those of a run, as the parent sees them."""

    def __init__(self, mark: str) -> None:
        """Start none yet: :meth:`wake` does, before the workers that they guard."""
        self._mark = mark
        self._lively: list[Watchdog] = []

    @property
    def pids(self) -> list[int]:
        """Their numbers."""
        return [watchdog.pid for watchdog in self._lively]

    def wake(self) -> None:
        """Start those that are missing, and resume those that somebody has stopped.

        Raises:
            OSError: if the system refuses a process.
        """
        for watchdog in [one for one in self._lively if not one.wake()]:
            watchdog.dismiss()
            self._lively.remove(watchdog)
        while len(self._lively) < WATCHDOGS:
            self._lively.append(Watchdog(self._mark))

    def dismiss(self) -> None:
        """End them: there is nothing left to guard."""
        while self._lively:
            self._lively.pop().dismiss()


class Watchdog:
    """The parent's side of one."""

    def __init__(self, mark: str) -> None:
        """Start it, before the workers that it guards."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "rnnbench.running.workers.watchdog", mark],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # the terminal's signals are not for it
        )
        OWN.add(self._process.pid)
        own_files.keep(self._stdin)

    @property
    def _stdin(self) -> int:
        assert self._process.stdin is not None  # it is a pipe
        return self._process.stdin.fileno()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def wake(self) -> bool:
        """Resume it if somebody has stopped it; return whether it lives, at next to no cost."""
        self._process.send_signal(signal.SIGCONT)
        return self._process.returncode is None

    def dismiss(self) -> None:
        """End it: there is nothing left to guard."""
        own_files.forget(self._stdin)
        self._process.kill()
        self._process.communicate()
        OWN.discard(self._process.pid)


def main() -> None:
    """Sleep until the parent has died; then end the workers it has left."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # clusters send them to everyone
    bonds.wake_when_parent_dies()
    sys.stdin.buffer.read()
    from rnnbench.system.processes.descendants import (
        end_marked,  # not before: it sleeps for hours, and small
    )

    for _ in range(5):  # what was just being started when the parent ended is found, too
        end_marked(sys.argv[1])
        time.sleep(0.1)


if __name__ == "__main__":
    main()
