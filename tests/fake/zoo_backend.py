"""The reference under another name, with a fault per variant.

A fault is a function: called before each step of the stage that it is for. None of them endangers
the machine: memory is asked for up to a bound, children are few and end by themselves.
"""

import contextlib
import ctypes
import locale
import os
import signal
import sys
import threading
import time

import escapes
import numpy as np
from zoo import VARIANTS, backend

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram
from rnnbench.schema.messages.message import Progress
from rnnbench.schema.messages.protocol import encode
from rnnbench.system.processes import limits

#: What nothing here outlives, in seconds, if it is not ended.
LIFE = 120


def segfault():
    ctypes.string_at(0)


def quits():
    os._exit(7)


def exits():
    sys.exit(3)


def child(act=lambda: None, session=False):
    """Fork a child that acts and sleeps, deaf to SIGTERM and SIGHUP."""
    if os.fork():
        return
    if session:
        os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    act()
    time.sleep(LIFE)
    os._exit(0)


def orphans():
    child(session=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def forks():
    """Three children, each with two of their own; half of them leave the process group."""
    for number in range(3):
        child(lambda: [child(session=True), child()], session=number == 1)


def daemon():
    """The classic: fork, leave the session, fork, close everything."""

    def detach():
        if os.fork():
            os._exit(0)
        os.chdir("/")
        os.closerange(0, 256)

    child(detach, session=True)


def hog():
    pieces = [np.empty(1 << 23) for _ in range(128)]  # 8 GiB that are never touched
    pieces.clear()


def gigabyte():
    os.truncate(1, limits.LARGEST_FILE - (1 << 25))  # as if most of it had been printed
    for _ in range(1 << 10):
        print("x" * (1 << 20), flush=True)


def to_descriptors(text):
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(number, text)


def garbage():
    to_descriptors(b'\xff\x00{"type": "Turned", "steps": "all"}\n\n]]\n' * 3)


def half():
    to_descriptors(b'{"type": "Turned", "fir')
    os._exit(0)


def half_message():
    to_descriptors(b'{"type": "Turned", "fir')
    time.sleep(LIFE)


def flood():
    while True:
        to_descriptors(encode(Progress(1)) + b"\n")


def mute():
    os.close(1)
    os.close(2)


def moves():
    os.chdir("/")
    os.umask(0o777)
    locale.setlocale(locale.LC_ALL, "C")
    os.environ.clear()


def nice():
    os.nice(5)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def loop():
    """Never come back, and compute on; others that never do so sleep, at no cost."""
    until = time.monotonic() + LIFE
    while time.monotonic() < until:
        pass


def deaf():
    nice()
    time.sleep(LIFE)


def stops():
    os.kill(os.getpid(), signal.SIGSTOP)


IN_CHECK = {"deaf": deaf, "stops": stops, "half-message": half_message, "orphans": orphans}
IN_TIMING = {
    "segfault": segfault,
    "quits": quits,
    "exits": exits,
    "hog": hog,
    "gigabyte": gigabyte,
    "garbage": garbage,
    "half": half,
    "forks": forks,
    "daemon": daemon,
    "escapes": escapes.start_all,
    "mute": mute,
    "moves": moves,
    "nice": nice,
    "loop": loop,
}
IN_TRAINING = {"exits-training": exits, "flood": flood}


class ZooProgram(NumpyProgram):
    """Does its fault in the stage that it is for, once if it survives it."""

    def __init__(self, variant, *arguments):
        self.faults = [of.get(variant) for of in (IN_CHECK, IN_TIMING, IN_TRAINING)]
        self.forwards = self.since = self.resets = 0
        super().__init__(*arguments)

    def reset(self, params):
        super().reset(params)
        self.resets, self.since = self.resets + 1, 0

    def forward(self, state, batch):
        self.forwards, self.since = self.forwards + 1, self.since + 1
        return super().forward(state, batch)

    @property
    def stage(self):
        """0, 1 or 2: a check has one forward pass before its steps, a training has none."""
        if self.resets > 1:
            return 1 if self.since else 2
        return min(1, self.forwards - 1)

    def train_step(self, state, batch):
        if self.forwards:  # a row that is prepared begins with steps
            if fault := self.faults[self.stage]:
                fault()
            self.faults[self.stage] = None
        return super().train_step(state, batch)


class Nan(ZooProgram):
    def train_step(self, state, batch):
        loss, state = super().train_step(state, batch)
        return loss * np.nan, state


class NanTraining(ZooProgram):
    def train_step(self, state, batch):
        loss, state = super().train_step(state, batch)
        return loss * (np.nan if self.stage == 2 else 1), state


class Gradients(ZooProgram):
    def _differentiate(self, state, batch):
        loss, gradients, state = super()._differentiate(state, batch)
        gradients["readout"]["b"] = -gradients["readout"]["b"]
        return loss, gradients, state


class Unsynchronised(ZooProgram):
    """Computes the timed steps in a thread, which is waited for only where something is read."""

    work = threading.Thread()

    @classmethod
    def join(cls):
        if cls.work.ident:
            cls.work.join()

    def train_step(self, state, batch):
        if self.stage == 0:
            return super().train_step(state, batch)
        loss = np.zeros(())

        def compute():
            time.sleep(0.05)
            loss[...] = super(Unsynchronised, self).train_step(state, batch)[0]

        self.join()
        Unsynchronised.work = threading.Thread(target=compute)
        self.work.start()
        return loss, state

    def params(self):
        self.join()
        return super().params()


class Lacking(Program):
    kernel = "none"


PROGRAMS = {
    "nan": Nan,
    "nan-training": NanTraining,
    "gradients": Gradients,
    "unsynchronised": Unsynchronised,
}


class Zoo(NumpyBackend):
    info = backend("zoo", "zoo_backend:Zoo", VARIANTS)

    def numpy(self, array):
        Unsynchronised.join()
        return super().numpy(array)

    def program(self, model, params, variant, optimizer):
        if variant == "build":
            raise RuntimeError("broken on purpose\nin two lines")
        if variant == "abstract":
            return Lacking()
        if variant == "loop-building":
            time.sleep(LIFE)
        make = PROGRAMS.get(variant, ZooProgram)
        return make(variant, model, self.ops(model, variant), params, optimizer, self.put)


class Partial(Backend):
    """Nothing but a name."""

    info = backend("zoo-partial", "zoo_backend:Partial", {"only": ""})
