"""A process that a backend starts beside its worker: where one process has one device.

It is as its worker is: its floating-point mode, its CPUs, its limits, where modules are found. What
it prints goes where the worker's goes, and what it computes counts as the worker's own. It hears no
signal of a terminal or a cluster, and ends when its worker does, whatever ended that.

``python -P -m rnnbench.contracts.companion TARGET FD PARENT`` is what is started.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress

from rnnbench.system import counters, denormals, threads
from rnnbench.system.processes import bonds
from rnnbench.system.processes.signals import SIGNALS, how_ended

#: The variable that holds the seconds that a worker may be silent.
TIMEOUT = "RNNBENCH_TIMEOUT"
#: Those of a worker of which nobody says it.
USUAL = 600.0


class Companion:
    """One, and a socket to it."""

    def __init__(self, target: str, thread_count: int) -> None:
        """Start it.

        Args:
            target: ``module:function``, which is called there with the other end of the socket; the
                process ends when it returns.
            thread_count: compute threads, set in its environment.

        Raises:
            OSError: if the system refuses a process.
        """
        self.socket, theirs = socket.socketpair()
        found = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        arguments = [target, str(theirs.fileno()), str(os.getpid())]
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "rnnbench.contracts.companion", *arguments],
                    stdin=subprocess.DEVNULL,
                    env=os.environ | threads.environment(thread_count) | found,
                    pass_fds=[theirs.fileno()],
                )
        except OSError:
            self.socket.close()
            raise
        counters.BESIDE.add(self._process.pid)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def ended(self, seconds: float = 0.0) -> str | None:
        """Return how it has ended, ``by SIGKILL``; None if it lives on for so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            return how_ended(self._process.wait(seconds))
        return None

    def end(self) -> None:
        """End it at once, suspended or not."""
        counters.BESIDE.discard(self._process.pid)
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):  # a driver may hold it for ever
            self._process.wait(2.0)


def worker_timeout() -> float:
    """Return the seconds that this worker may be silent before it is ended."""
    return float(os.environ.get(TIMEOUT, USUAL))


def main() -> None:
    """Call the target with the socket."""
    target, descriptor, parent = sys.argv[1:]
    bonds.die_with_parent()
    if os.getppid() != int(parent):
        return
    denormals.flush()  # before a library starts threads, which inherit the mode
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    from rnnbench.contracts.loading import load

    load(target)(socket.socket(fileno=int(descriptor)))


if __name__ == "__main__":
    main()
