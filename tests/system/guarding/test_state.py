"""What a stranger changes in the process is as it was."""

import builtins
import codecs
import cProfile
import ctypes
import faulthandler
import gc
import locale
import os
import platform
import resource
import signal
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from rnnbench.system import denormals, guarding
from rnnbench.text import READABLE

#: A descriptor that may be written to and never waits.
_, WAKEN = os.pipe()
os.set_blocking(WAKEN, False)


#: In which Linux has what a process hands on to its children.
SLACK, OUT_OF_MEMORY = Path("/proc/self/timerslack_ns"), Path("/proc/self/oom_score_adj")
#: As the C library has it on this machine.
ROUND_UP = {"x86_64": 0x800}.get(platform.machine(), 0x400000)


def lower(limit, value):
    resource.setrlimit(limit, (value, resource.getrlimit(limit)[1]))


#: What a stranger may do, and what is looked at before and afterwards.
CHANGES = {
    "an alarm": (lambda: signal.alarm(1), lambda: signal.getitimer(signal.ITIMER_REAL)),
    "a timer": (
        lambda: signal.setitimer(signal.ITIMER_PROF, 1, 1),
        lambda: signal.getitimer(signal.ITIMER_PROF),
    ),
    "few files": (
        lambda: lower(resource.RLIMIT_NOFILE, 3),
        lambda: resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    ),
    "little time": (
        lambda: lower(resource.RLIMIT_CPU, 1000),
        lambda: resource.getrlimit(resource.RLIMIT_CPU),
    ),
    "another scheduler": (
        lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)),
        lambda: os.sched_getscheduler(0),
    ),
    "late awakenings": (
        lambda: SLACK.write_text("5000000"),
        SLACK.read_text,
    ),
    "an end where memory runs out": (
        lambda: OUT_OF_MEMORY.write_text("1000"),
        OUT_OF_MEMORY.read_text,
    ),
    "how numbers are rounded": (
        lambda: ctypes.CDLL("libm.so.6").fesetround(ROUND_UP),
        lambda: float(np.float64(1.0) + np.float64(2.0**-60)),
    ),
    "numbers that are flushed": (denormals.flush, denormals.flushed),
    "numbers that are not printed": (
        lambda: sys.set_int_max_str_digits(640),
        sys.get_int_max_str_digits,
    ),
    "what garbage prints": (lambda: gc.set_debug(gc.DEBUG_STATS), gc.get_debug),
    "what NumPy calls": (lambda: np.seterrcall(print), np.geterrcall),
    "stacks of threads": (lambda: threading.stack_size(1 << 30), threading.stack_size),
    "a module that is gone": (lambda: sys.modules.pop("json"), lambda: sys.modules["json"]),
    "a module that is refused": (
        lambda: sys.modules.update(json=None),
        lambda: sys.modules["json"],
    ),
    "a module that was not there": (
        lambda: sys.modules.update(antigravity=None),
        lambda: "antigravity" in sys.modules,
    ),
    "a built-in function": (lambda: delattr(builtins, "print"), lambda: print),
    "all built-in functions": (vars(builtins).clear, lambda: len(vars(builtins)) > 100),
    "garbage": (
        lambda: (gc.set_threshold(1), gc.disable()),
        lambda: (gc.get_threshold(), gc.isenabled()),
    ),
    "an impatient interpreter": (lambda: sys.setswitchinterval(10.0), sys.getswitchinterval),
    "who looks on": (lambda: sys.setprofile(lambda *_: None), sys.getprofile),
    "a language": (
        lambda: locale.setlocale(locale.LC_NUMERIC, "C.UTF-8"),
        lambda: locale.setlocale(locale.LC_ALL),
    ),
    "warnings": (lambda: warnings.simplefilter("error"), lambda: list(warnings.filters)),
    "NumPy's errors": (lambda: np.seterr(all="raise"), np.geterr),
    "arguments": (lambda: sys.argv.append("--help"), lambda: list(sys.argv)),
    "an interpreter": (lambda: setattr(sys, "executable", "/none"), lambda: sys.executable),
    "temporary files": (
        lambda: setattr(tempfile, "tempdir", "/none"),
        lambda: tempfile.tempdir,
    ),
    "another variable": (lambda: os.environ.update(HOME="/none"), lambda: dict(os.environ)),
    "another environment": (lambda: setattr(os, "environ", {}), lambda: os.environ),
    "a variable of Python's": (
        lambda: os.environ.update(PYTHONHOME="/none", LD_PRELOAD="/none"),
        lambda: dict(os.environ),
    ),
    "one CPU": (
        lambda: os.sched_setaffinity(0, [*os.sched_getaffinity(0)][:1]),
        lambda: os.sched_getaffinity(0),
    ),
    "who is told of signals": (
        lambda: signal.set_wakeup_fd(WAKEN),
        lambda: signal.set_wakeup_fd(signal.set_wakeup_fd(-1)),
    ),
    "how text is written": (
        lambda: codecs.register_error(READABLE, lambda error: ("?", error.end)),
        lambda: codecs.lookup_error(READABLE),
    ),
    "the first streams": (
        lambda: (sys.__stdout__.close(), setattr(sys, "__stderr__", None)),
        lambda: (sys.__stdout__, sys.__stdout__.closed, sys.__stderr__),
    ),
    "no environment": (os.environ.clear, lambda: dict(os.environ)),
    "no path": (lambda: sys.path.clear(), lambda: list(sys.path)),
    "another path": (lambda: setattr(sys, "path", None), lambda: list(sys.path)),
    "no finders": (lambda: sys.meta_path.clear(), lambda: list(sys.meta_path)),
    "shallow calls": (lambda: sys.setrecursionlimit(200), sys.getrecursionlimit),
    "what a signal does": (
        lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        lambda: signal.getsignal(signal.SIGCHLD),
    ),
    "a signal that is blocked": (
        lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]),
        lambda: signal.pthread_sigmask(signal.SIG_BLOCK, []),
    ),
    "permissions": (lambda: os.umask(0o777), lambda: os.umask(0o022)),
}


@pytest.fixture
def known():
    """The permissions of new files and the locale, as this test begins with them."""
    mask, language = os.umask(0o022), locale.setlocale(locale.LC_ALL)
    locale.setlocale(locale.LC_ALL, "C")
    yield
    locale.setlocale(locale.LC_ALL, language)
    os.umask(mask)


@pytest.mark.usefixtures("known", "ours")
@pytest.mark.parametrize("what", CHANGES)
def test_it_is_put_back(what):
    change, look = CHANGES[what]
    before = look()
    with guarding.in_hand("somebody"):
        change()
    assert look() == before


@pytest.mark.usefixtures("ours")
def test_what_is_added_to_a_path_is_left_there(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    with guarding.in_hand("somebody"):
        sys.path.insert(0, "/theirs")
    assert sys.path[0] == "/theirs"


@pytest.mark.usefixtures("ours")
def test_a_traceback_that_was_to_end_the_program_later_does_not():
    with guarding.in_hand("somebody"):
        faulthandler.dump_traceback_later(0.2, exit=True)
    time.sleep(0.4)


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("change", [lambda: None, lambda: sys.setprofile(None)])
def test_a_profiler_that_looks_on_goes_on(change):
    before = sys.getprofile()
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        with guarding.in_hand("somebody"):
            change()
        assert sys.getprofile() is profiler
    finally:
        profiler.disable()
        sys.setprofile(before)
