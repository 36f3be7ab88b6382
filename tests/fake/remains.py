"""Finding what a run has left behind, by a variable that everything it starts inherits."""

import os
import time
import uuid
from contextlib import suppress

import psutil

VARIABLE = "RNNBENCH_TEST"


def marked():
    """Return an environment whose variable no other process has."""
    return os.environ | {VARIABLE: uuid.uuid4().hex}


def remains(environment, within=2.0):
    """Return what still runs with this environment after so many seconds; sooner if nothing does.

    Workers, what they have started and the watchdog are found, suspended ones as well.
    """
    deadline = time.monotonic() + within
    while (found := _running(environment[VARIABLE])) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _running(value):
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(VARIABLE) == value:
                found.append(f"{process.pid} {process.status()} {' '.join(process.cmdline())}")
    return found
