"""What a process has beside its streams, put back when a stranger is through."""

from __future__ import annotations

import codecs
import faulthandler
import gc
import locale
import os
import resource
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from rnnbench.system import denormals
from rnnbench.system.guarding.owner import Owner
from rnnbench.system.io.files import read_file
from rnnbench.text import READABLE

#: The limits that a process may have.
LIMITS = [value for name, value in vars(resource).items() if name.startswith("RLIMIT_")]
#: Files of Linux in which a process has what its children have from it, beside limits: how late it
#: may be woken, and how soon it is ended where memory runs out.
INHERITED = (Path("/proc/self/timerslack_ns"), Path("/proc/self/oom_score_adj"))
#: The timers that end a process by a signal.
TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
#: How variables begin that say how a process is begun and what is loaded into it.
LOADING = ("PYTHON", "LD_", "RNNBENCH_")
#: The lists by which modules are found.
FINDERS = ("path", "meta_path", "path_hooks")


@contextmanager
def same_state(owner: Owner) -> Iterator[None]:
    """Keep the process as it is, whatever happens within a ``with`` block."""
    keepers = (
        *(same_folder, same_limits, same_timers, same_environment),
        *(same_modules, same_interpreter),
    )
    with ExitStack() as stack:
        for keep in keepers:
            stack.enter_context(keep())
        if threading.current_thread() is threading.main_thread():  # no signal comes elsewhere
            stack.enter_context(same_handlers(owner))
        yield


@contextmanager
def same_handlers(owner: Owner) -> Iterator[None]:
    """Put back what signals do, and note the user's Ctrl-C."""
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    woken = signal.set_wakeup_fd(-1)

    def note(number: int, frame: FrameType | None) -> None:
        owner.interrupted = True
        handler = before[signal.SIGINT]
        if callable(handler):
            handler(number, frame)

    if callable(before[signal.SIGINT]):
        signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        for signal_number, handler in before.items():
            if handler is not None and signal.getsignal(signal_number) is not handler:
                signal.signal(signal_number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.set_wakeup_fd(woken)


@contextmanager
def same_timers() -> Iterator[None]:
    """End the timers that have been set; they would end the program later."""
    unset = [timer for timer in TIMERS if signal.getitimer(timer) == (0, 0)]
    try:
        yield
    finally:
        for timer in unset:
            signal.setitimer(timer, 0)
        faulthandler.cancel_dump_traceback_later()


@contextmanager
def same_folder() -> Iterator[None]:
    """Return to the current folder, and to the permissions of new files."""
    mask = os.umask(0o077)
    os.umask(mask)
    try:
        folder = os.open(".", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # it is gone, or may not be read
        folder = -1
    try:
        yield
    finally:
        os.umask(mask)
        with suppress(OSError):
            os.fchdir(folder)
            os.close(folder)


@contextmanager
def same_environment() -> Iterator[None]:
    """Put back the user's variables; others that were set are left, as frameworks read them.

    But for those by which Python and the system begin every process, workers too.
    """
    environ, before = os.environ, dict(os.environ)
    try:
        yield
    finally:
        os.environ = environ  # noqa: B003 - a stranger may have put something else there
        for name in [name for name in environ if name.startswith(LOADING)]:
            if name not in before:
                del environ[name]
        environ.update(before)


def limits() -> list[Any]:
    """Return the limits of this process, each as it holds and as it may be raised; its priority.

    Further how late it may be woken, and how soon it is ended where memory runs out. What it starts
    has all of them from it, and is timed with them.
    """
    return [value for _, value in rights()]


def rights() -> Iterator[tuple[Callable[[Any], object], Any]]:
    """Yield what :func:`limits` returns, each with what sets it."""
    for limit in LIMITS:
        yield partial(resource.setrlimit, limit), resource.getrlimit(limit)
    yield partial(os.setpriority, os.PRIO_PROCESS, 0), os.getpriority(os.PRIO_PROCESS, 0)
    if hasattr(os, "sched_setscheduler"):
        policy, of_policy = os.sched_getscheduler(0), os.sched_getparam(0)
        yield (lambda value: os.sched_setscheduler(0, value, of_policy)), policy
    for file in INHERITED:
        yield file.write_bytes, held(file)


def held(file: Path) -> bytes:
    """Return what a small file holds, nothing where there is none."""
    try:
        return read_file(file, 64)
    except OSError:
        return b""


@contextmanager
def same_limits() -> Iterator[None]:
    """Put back the limits of the process, as far as they can be raised again."""
    before = list(rights())
    try:
        yield
    finally:
        for (put, value), now in zip(before, limits(), strict=True):
            if now != value:
                with suppress(OSError, ValueError):
                    put(value)


@contextmanager
def same_modules() -> Iterator[None]:
    """Put back modules that were there, and forget that some must not be imported."""
    before = sys.modules.copy()
    try:
        yield
    finally:
        sys.modules.update(before)
        refused = [name for name, module in sys.modules.items() if module is None]
        for name in refused:
            if name not in before:
                del sys.modules[name]


def settings() -> Iterator[tuple[Callable[[Any], object], Any]]:
    """Yield what is set in this process, each as it is now and with what sets it."""
    yield sys.setrecursionlimit, sys.getrecursionlimit()
    yield sys.setswitchinterval, sys.getswitchinterval()
    yield partial(_look_on, sys.setprofile, sys.getprofile), sys.getprofile()
    yield partial(_look_on, sys.settrace, sys.gettrace), sys.gettrace()
    yield (lambda most: gc.set_threshold(*most)), gc.get_threshold()
    yield (lambda collects: (gc.enable if collects else gc.disable)()), gc.isenabled()
    yield partial(locale.setlocale, locale.LC_ALL), locale.setlocale(locale.LC_ALL)
    yield partial(codecs.register_error, READABLE), codecs.lookup_error(READABLE)
    if hasattr(os, "sched_setaffinity"):  # what it is timed on, workers have from here
        yield partial(os.sched_setaffinity, 0), os.sched_getaffinity(0)
    yield sys.set_int_max_str_digits, sys.get_int_max_str_digits()
    yield gc.set_debug, gc.get_debug()
    yield threading.stack_size, threading.stack_size()
    yield denormals.set_modes, denormals.modes()
    yield partial(setattr, sys, "executable"), sys.executable
    yield partial(setattr, sys, "argv"), [*sys.argv]
    tempfile: Any = sys.modules.get("tempfile")
    if hasattr(tempfile, "tempdir"):
        yield partial(setattr, tempfile, "tempdir"), tempfile.tempdir
    numpy: Any = sys.modules.get("numpy")
    if hasattr(numpy, "geterr"):
        yield (lambda errors: numpy.seterr(**errors)), numpy.geterr()
        yield numpy.seterrcall, numpy.geterrcall()


def _look_on(put: Callable[[Any], object], get: Callable[[], Any], who: Any) -> None:
    """Have somebody look on again; one that is written in C can't be called, and begins itself."""
    if get() is who:
        return
    if who is None or callable(who):
        put(who)
    else:
        who.enable()


@contextmanager
def same_interpreter() -> Iterator[None]:
    """Put back what :func:`settings` has, which warnings are errors, and where modules are found.

    Where a place to find modules was added, it is left.
    """
    before = list(settings())
    found = {name: list(getattr(sys, name)) for name in FINDERS}
    try:
        with warnings.catch_warnings():
            yield
    finally:
        for put, value in before:
            put(value)
        for name, known in found.items():
            now = getattr(sys, name)
            some = now if isinstance(now, list) else []
            if any(one not in some for one in known):
                setattr(sys, name, [*known, *(one for one in some if one not in known)])
