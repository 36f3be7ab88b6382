"""Suspending and ending what workers have started, wherever it has gone.

A process group is not enough: whatever calls ``setsid`` has left it. Descendants are found below
their worker, among the orphans that this process has adopted (:mod:`.bonds`), and by their marks
(:mod:`.marks`). They are signalled by group, and so all at once: a worker begins a session, nobody
can join one, and so descendants share no group with anyone else.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress

import psutil

from rnnbench.system.processes import tree
from rnnbench.system.processes.ending import PATIENCE, QUIET, until_nobody_is_left
from rnnbench.system.processes.marks import belongs, is_branded


class Descendants:
    """What one worker has started; those that have left its process group above all.

    Attributes:
        known: those that were there when they were last looked for.
    """

    def __init__(self, worker: int, mark: str) -> None:
        """Know nothing yet.

        Args:
            worker: its process.
            mark: its mark.
        """
        self._worker = worker
        self._mark = mark
        self.known: set[psutil.Process] = set()

    def stop(self) -> None:
        """Stop them; looks once if there are none, which takes some 5 µs a thread of the worker."""
        stopped: dict[int, psutil.Process | None] = {}
        deadline, quiet = time.monotonic() + PATIENCE, 0
        while quiet < QUIET and time.monotonic() < deadline:
            before = len(stopped)
            for pid in self._found(stopped):
                if pid not in stopped:
                    signal_group(pid, signal.SIGSTOP)  # first of all: it may fork again
                    stopped[pid] = _identify(pid)
            if not stopped:
                break
            quiet = 0 if len(stopped) > before else quiet + 1
        self.known = {process for process in stopped.values() if process}

    def resume(self) -> None:
        """Resume those that were stopped."""
        for process in self.known:
            with suppress(psutil.Error):  # it has been ended, and its number may be another's
                process.resume()

    def _found(self, sure: Container[int]) -> Iterator[int]:
        """Yield them, some perhaps twice; those that are ``sure`` are not looked at again."""
        yield from tree.below(self._worker)
        for pid in reversed(tree.orphans()):
            if pid in sure or self._is_ours(pid):
                yield pid
                yield from tree.below(pid)

    def _is_ours(self, orphan: int) -> bool:
        return (
            is_branded(orphan, self._mark)
            or belongs(orphan, self._mark)
            or tree.session(orphan) == self._worker
            or _identify(orphan) in self.known
        )


def end_marked(mark: str, known: Iterable[psutil.Process] = ()) -> None:
    """End every process of a run, or of one worker, at once; return when there is none.

    Args:
        mark: that of the run or of the worker.
        known: processes that are ended too, and what is below them.
    """
    _end(pid for process in known if process.is_running() for pid in _with_all_below(process))

    def found() -> Iterator[int]:
        yield from adopted(mark)
        yield from marked(mark)

    end_all(found)


def end_all(found: Callable[[], Iterable[int]]) -> None:
    """End descendants as they are found, again and again until there is none."""
    until_nobody_is_left(lambda: _end(found()))


def adopted(mark: str) -> Iterator[int]:
    """Yield the living orphans of a run or of one worker; let those go that have ended.

    They take up numbers until then. Here the limit suffices, whatever the variable says.
    """
    for pid in reversed(tree.orphans()):
        if not is_branded(pid, mark):
            if belongs(pid, mark):
                yield pid
        elif tree.is_zombie(pid):
            tree.reap(pid)
        else:
            yield pid


def reap(mark: str) -> None:
    """Let the orphans of a run go that have ended."""
    for _ in adopted(mark):
        pass


def marked(mark: str) -> Iterator[int]:
    """Yield the processes of a run or of one worker, among all there are, the newest first."""
    return (pid for pid in reversed(_everybody()) if pid != os.getpid() and belongs(pid, mark))


def signal_group(pid: int, number: int) -> None:
    """Send a signal to a descendant and all its process group."""
    with suppress(ProcessLookupError, PermissionError):  # it has ended; it has gained other rights
        if os.getsid(pid) == os.getsid(0):
            os.kill(pid, number)  # our own session: a worker can't be there, nor what it starts
        else:
            os.killpg(os.getpgid(pid), number)


def _end(pids: Iterable[int]) -> bool:
    """End processes as they are found; return whether there were any."""
    found = False
    for pid in pids:
        found = True
        signal_group(pid, signal.SIGKILL)
    return found


def _everybody() -> list[int]:
    """Return all processes, none where the system lists none: without /proc."""
    try:
        found: list[int] = psutil.pids()
    except (OSError, IndexError):
        return []
    return found


def _identify(pid: int) -> psutil.Process | None:
    """Return a process with the time of its start, which nobody else will have."""
    with suppress(psutil.Error):
        return psutil.Process(pid)
    return None


def _with_all_below(process: psutil.Process) -> list[int]:
    return [process.pid, *tree.below(process.pid)]
