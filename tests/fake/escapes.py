"""Descendants that try to get away: each kind is a function that a forked child calls.

Each holds the writing end of a pipe that it has by name, as do all whom it forks: whoever reads
knows by the bytes whether it runs, and by the end of the file that none is left, however often it
has changed its number.
"""

import ctypes
import os
import resource
import signal
import time
from contextlib import suppress
from pathlib import Path

#: The variable that names the folder of the pipes.
VARIABLE = "RNNBENCH_ESCAPES"
#: Seconds that nothing here outlives, and those between two signs of life.
LIFE, BEAT = 60.0, 0.01


def detach():
    """Leave the session, and the parent."""
    os.setsid()
    if os.fork():
        os._exit(0)


def overwrite_environment():
    """Overwrite in place what others read of the environment."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])
    ctypes.memset(start, 0, end - start)


def beat(pipe):
    until = time.monotonic() + LIFE
    while time.monotonic() < until:
        os.write(pipe, b".")
        time.sleep(BEAT)


def in_session(pipe):
    os.setsid()
    beat(pipe)


def in_group(pipe):
    os.setpgid(0, 0)
    beat(pipe)


def daemon(pipe):
    detach()
    beat(pipe)


def emptied(pipe):
    detach()
    overwrite_environment()
    beat(pipe)


def executes(pipe):
    detach()
    os.dup2(pipe, 1)
    script = "while :; do echo; sleep 0.05; done"
    os.execve("/bin/sh", ["sh", "-c", script], {})


def deaf(pipe):
    detach()
    for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
        with suppress(OSError):
            signal.signal(number, signal.SIG_IGN)
    beat(pipe)


def stopped(pipe):
    detach()
    overwrite_environment()
    os.write(pipe, b".")
    os.kill(os.getpid(), signal.SIGSTOP)
    beat(pipe)


def forks_again(pipe, each=lambda: None):
    """Fork again every half millisecond, so that its number is always another."""
    until = time.monotonic() + LIFE
    while time.monotonic() < until:
        if os.fork():
            os._exit(0)
        each()
        os.write(pipe, b".")
        time.sleep(0.0005)


def bomb(pipe):
    detach()
    forks_again(pipe)


def emptied_bomb(pipe):
    detach()
    overwrite_environment()
    forks_again(pipe)


def sessions_bomb(pipe):
    """Also leave the session each time."""
    detach()
    overwrite_environment()
    forks_again(pipe, each=os.setsid)


def tree(pipe):
    """Three generations, each in a session of its own."""
    for _ in range(3):
        os.setsid()
        if os.fork():
            break
    beat(pipe)


def deathless(pipe):
    """Ask not to die with its parent, and sleep in a thread."""
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    detach()
    beat(pipe)


def changed_limit(pipe):
    """Rub off both marks."""
    detach()
    overwrite_environment()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    beat(pipe)


def forged(pipe):
    """Bear the mark of a worker that does not exist."""
    detach()
    os.dup2(pipe, 1)
    script = "while :; do echo; sleep 0.05; done"
    os.execve("/bin/sh", ["sh", "-c", script], {"RNNBENCH_WORKER": "nobody.1"})


#: What a watchdog finds, too.
KINDS = {
    act.__name__: act
    for act in (
        in_session,
        in_group,
        daemon,
        emptied,
        executes,
        deaf,
        stopped,
        bomb,
        emptied_bomb,
        sessions_bomb,
        tree,
        deathless,
        forged,
    )
}


#: What only a parent finds that has adopted it.
MARKLESS = ("changed_limit",)


def start(path):
    """Fork a child of the kind that a pipe is named after."""
    if os.fork():
        return
    try:
        pipe = os.open(path, os.O_WRONLY)
        os.set_inheritable(pipe, True)
        globals()[path.name](pipe)
    finally:
        os._exit(0)


def start_all():
    """Start one of each kind that there is a pipe for; return when all have shown signs of life."""
    for pipe in sorted(Path(os.environ[VARIABLE]).iterdir()):
        start(pipe)
    time.sleep(0.3)


class Pipes:
    """The reading ends, by kind, and the kinds that have ever been heard of."""

    def __init__(self, folder, kinds=tuple(KINDS)):
        self.ends, self.heard = {}, set()
        for kind in kinds:
            os.mkfifo(folder / kind)
            self.ends[kind] = os.open(folder / kind, os.O_RDONLY | os.O_NONBLOCK)

    def read(self, kind):
        """Return what there is: nothing if nobody is left, None if nobody writes."""
        try:
            found = os.read(self.ends[kind], 1 << 16)
        except BlockingIOError:
            return None
        if found:
            self.heard.add(kind)
        return found

    def running(self, during=0.3):
        """Return the kinds that show signs of life from now on."""
        for kind in self.ends:
            while self.read(kind):
                pass
        time.sleep(during)
        return {kind for kind in self.ends if self.read(kind)}

    def run(self, within=10.0):
        """Return the kinds that show signs of life within so many seconds; sooner if all do."""
        found, deadline = self.running(), time.monotonic() + within
        while found < self.ends.keys() and time.monotonic() < deadline:
            found |= self.running()
        return found

    def left(self, within=2.0):
        """Return the kinds of which anybody is left after so many seconds; sooner if none is.

        A kind that was never heard of is left, too: it was not tried.
        """
        deadline, left = time.monotonic() + within, set(self.ends)
        while left and time.monotonic() < deadline:
            left = {kind for kind in left if self.read(kind) != b""}
            time.sleep(0.01)
        return left | self.ends.keys() - self.heard

    def close(self):
        for end in self.ends.values():
            os.close(end)
