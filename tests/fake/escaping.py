"""A parent in a process of its own, a worker of which has started all kinds of escapes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from specimens import COMPARISON

from rnnbench.running.workers.orphans import Strays
from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.running.workers.watchdog import WATCHDOGS
from rnnbench.schema.messages.timing import Prepare, Prepared, Turn, Turned
from rnnbench.schema.row import Row

ESCAPES, GOOD = Slot(Row("zoo", "escapes"), 0), Slot(Row("fake", "good"), 0)


def begin(folder, slots, **options):
    """Return a pool one of whose workers has started all that there are pipes for."""
    pool = Pool(["zoo"], 1, folder, 60, **options)
    pool.open(slots)
    assert isinstance(pool.ask(ESCAPES, Prepare(COMPARISON, "escapes", 0), Prepared), Prepared)
    assert isinstance(pool.ask(ESCAPES, Turn(1, 1), Turned, bool), Turned)
    return pool


def main():
    """Tell the numbers of the watchdogs and of the workers, then do what is asked for in lines."""
    strays = Strays(lambda text: print(text, file=sys.stderr))
    pool = begin(Path(sys.argv[1]), [ESCAPES, GOOD], strays=strays)
    act = {
        "look around": pool._look_around,
        "resume": pool._workers[ESCAPES]._resume,
        "end": pool._workers[ESCAPES].end,
    }
    print(*pool._watchdogs.pids, *pool.groups, flush=True)
    for line in sys.stdin:
        act[line.strip()]()
        print(*pool._watchdogs.pids, flush=True)
    pool.close()


class Parent:
    """The parent as whoever started it sees it."""

    def __init__(self, folder, environment=None):
        self.process = subprocess.Popen(
            [sys.executable, __file__, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        numbers = self._numbers()
        self.watchdogs, self.workers = numbers[:WATCHDOGS], numbers[WATCHDOGS:]

    def ask(self, what):
        """Have something done; the watchdogs may be others afterwards."""
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        self.watchdogs = self._numbers()

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def close(self):
        """Have it come to its end; return what it has told."""
        return self.process.communicate()[1]

    def kill_watchdogs(self, number=WATCHDOGS):
        """Kill so many of them, those that were started last first."""
        for watchdog in reversed(self.watchdogs[-number:]):
            os.kill(watchdog, signal.SIGKILL)
            assert gone(watchdog)

    def _numbers(self):
        return list(map(int, self.process.stdout.readline().split()))


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(pid, within=5.0):
    """Return whether a process ends in time."""
    deadline = time.monotonic() + within
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(pid)


if __name__ == "__main__":
    main()
